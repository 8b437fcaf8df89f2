import { ArrowLeft, LockOpen, Mic, MicOff, ShieldCheck, Video, VideoOff } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { SignInOffer } from '../account/SignInKey';
import { BackgroundField } from '../background/BackgroundField';
import { missingMicrophone } from '../devices';
import { useMeeting, useSend } from '../engine/context';
import type { Issue, Link, RuleView } from '../engine/contract';
import { Avatar } from '../parts/Avatar';
import { Button } from '../parts/Button';
import { DeviceSelect } from '../parts/DeviceSelect';
import { Logo } from '../parts/Mark';
import { GivenName, NameField } from '../parts/NameField';
import parts from '../parts/parts.module.css';
import { LockNote } from '../policy/LockNote';
import { useIsOff, useRule } from '../policy/rules';
import { SettingsKey } from '../settings/SettingsKey';
import { visiblePeople } from '../stage/model';
import { Checks } from './Checks';
import { Level } from './Level';
import style from './prejoin.module.css';
import { Note } from './Note';
import { Preview } from './Preview';
import { Trial } from './Trial';

/** Names that are told; the rest is a number. */
const NAMED = 3;

/** What is said of devices comes by itself. */
const OF_DEVICES = /^VIS-(MIC|CAM|OUT|DEV)-/;

/** What somebody has just asked for stands above what is amiss with their devices, and may be so for long. Pure. */
function askedFirst(issues: readonly Issue[]): Issue[] {
  const isOfDevices = ({ code }: Issue) => OF_DEVICES.test(code);
  return [...issues.filter((issue) => !isOfDevices(issue)), ...issues.filter(isOfDevices)];
}

/** A last look, never a gate: the key works from the first paint. */
export function PreJoin({ link }: { link: Link }) {
  const { t } = useTranslation(['prejoin', 'common']);
  const send = useSend();
  const issues = useMeeting((state) => state.issues);
  const named = useMeeting((state) => state.me.name !== '') || link.given_name !== undefined;
  const room = useMeeting((state) => state.room.name);
  const enter = useRef<HTMLButtonElement>(null);
  const microphone = missingMicrophone(issues);

  // Whoever is known only has to press the key; whoever is not gives a name first.
  const nameFirst = useRef(!named).current;
  useEffect(() => {
    if (!nameFirst) enter.current?.focus();
  }, [nameFirst]);

  const keyDown = (event: KeyboardEvent) => {
    // Enter anywhere but on a key or in a list is the way in.
    const target = event.target as HTMLElement;
    if (event.key !== 'Enter' || event.defaultPrevented || target.closest('button, a, [role="listbox"], [role="option"]') !== null) return;
    event.preventDefault();
    send({ kind: 'join' });
  };

  return (
    <div className={style.page} onKeyDown={keyDown}>
      <header className={parts.appbar} data-region="top">
        <Button icon aria-label={t('common:back')} onPress={() => send({ kind: 'leave' })} data-testid="back">
          <ArrowLeft aria-hidden="true" />
        </Button>
        <Logo />
        <span className={parts.grow} />
        <SettingsKey />
      </header>
      <main className={style.pre} data-region="main">
        <div className={style.left}>
          <Preview caption={t('prejoin:previewCaption')} />
          {askedFirst(issues).map((issue) => (
            <Note key={issue.code} issue={issue} />
          ))}
          <div className={style.controls}>
            <Toggles />
            {microphone === undefined && <Level />}
            {microphone === undefined && <Trial />}
          </div>
          {microphone === undefined && <Checks link={link} />}
        </div>
        <div className={style.side}>
          <div className={style.headline}>
            <p className={style.server}>
              {link.secure ? <ShieldCheck aria-hidden="true" /> : <LockOpen aria-hidden="true" />}
              {link.host}
              {!link.secure && ` · ${t('prejoin:insecure')}`}
            </p>
            <h1 className={style.title} tabIndex={-1}>
              {room || link.room || link.host}
            </h1>
            <WhoIsThere />
          </div>
          {link.given_name === undefined ? <NameField focus={nameFirst} /> : <GivenName name={link.given_name} />}
          <Button
            ref={enter}
            look="primary"
            size="big"
            wide
            onPress={() => send({ kind: 'join' })}
            data-testid="join"
          >
            {t(microphone === undefined ? 'prejoin:enter' : 'prejoin:enterWithoutMicrophone')}
          </Button>
          <p className={style.with}>
            <EnterWith blocked={microphone !== undefined} /> <kbd className={parts.kbd}>{t('common:key.enter')}</kbd>
          </p>
          {link.kind === 'visio' && <SignInOffer host={link.host} />}
          <hr className={parts.separator} />
          {microphone?.code !== 'VIS-MIC-PERM-51' && <DeviceSelect kind="microphone" />}
          <DeviceSelect kind="loudspeaker" />
          <DeviceSelect kind="camera" />
          <BackgroundField />
        </div>
      </main>
    </div>
  );
}

/** Toggles as words: the label says the state, so nothing is pressed. */
export function Toggles() {
  const { t } = useTranslation(['prejoin', 'policy']);
  const send = useSend();
  const me = useMeeting((state) => state.me);
  const microphone = useMeeting((state) => missingMicrophone(state.issues));
  const microphoneText =
    microphone === undefined
      ? t(me.microphone_on ? 'microphoneOn' : 'microphoneOff')
      : t(microphone.code === 'VIS-MIC-NONE-50' ? 'microphoneNone' : microphone.code === 'VIS-MIC-PERM-51' ? 'microphoneBlocked' : me.microphone_on ? 'microphoneOn' : 'microphoneOff');
  const blocked = microphone?.code === 'VIS-MIC-NONE-50' || microphone?.code === 'VIS-MIC-PERM-51';
  const noCamera = useIsOff('DisableCamera');
  const micRule = useRule('DefaultMicMuted');
  const cameraRule = useRule('DefaultCameraOff');
  const begins = (key: 'DefaultMicMuted' | 'DefaultCameraOff', rule: RuleView) =>
    t('policy:begins', { what: t(`policy:key.${key}`), value: t(rule.value === 'true' ? 'policy:on' : 'policy:off') });
  const cameraFailed = me.camera_on && me.preview.kind === 'failed';
  return (
    <>
      <div className={style.toggles}>
        <Button
          look={blocked ? 'danger' : 'secondary'}
          onPress={() => send({ kind: 'set_microphone_on', on: !me.microphone_on })}
          data-testid="toggle-microphone"
          data-on={me.microphone_on}
        >
          {me.microphone_on && !blocked ? <Mic aria-hidden="true" /> : <MicOff aria-hidden="true" />}
          {microphoneText}
        </Button>
        <Button
          look={cameraFailed ? 'danger' : 'secondary'}
          busy={noCamera}
          onPress={() => send({ kind: 'set_camera_on', on: !me.camera_on })}
          data-testid="toggle-camera"
          data-on={me.camera_on}
        >
          {me.camera_on && !cameraFailed ? <Video aria-hidden="true" /> : <VideoOff aria-hidden="true" />}
          {t(cameraFailed ? 'cameraBlocked' : me.camera_on ? 'cameraOn' : 'cameraOff')}
        </Button>
      </div>
      {noCamera && <LockNote forbids what={t('policy:cameraOff')} />}
      {micRule !== undefined && <LockNote what={begins('DefaultMicMuted', micRule)} />}
      {cameraRule !== undefined && !noCamera && <LockNote what={begins('DefaultCameraOff', cameraRule)} />}
    </>
  );
}

function WhoIsThere() {
  const { t, i18n } = useTranslation('prejoin');
  const participants = useMeeting((state) => state.participants);
  const people = visiblePeople(participants);
  if (people.length === 0) return null;
  const shown = people.slice(0, NAMED);
  const rest = people.length - shown.length;
  const names = shown.map((someone) => someone.name.split(' ')[0] ?? someone.name);
  const list = new Intl.ListFormat(i18n.language, { type: rest > 0 ? 'unit' : 'conjunction' }).format(names);
  return (
    <div className={style.there}>
      <span className={style.faces}>
        {shown.map((someone) => (
          <Avatar key={someone.id} id={someone.id} name={someone.name} className={style.face} />
        ))}
      </span>
      {rest > 0 ? t('thereMore', { names: list, count: rest }) : t('there', { names: list, count: people.length })}
    </div>
  );
}

function EnterWith({ blocked }: { blocked: boolean }) {
  const { t } = useTranslation('prejoin');
  const me = useMeeting((state) => state.me);
  const microphone = me.microphone_on && !blocked;
  const camera = me.camera_on && me.preview.kind !== 'failed';
  return t(`with.${microphone ? (camera ? 'both' : 'microphone') : camera ? 'camera' : 'none'}`);
}
