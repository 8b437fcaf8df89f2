import { Info, RefreshCw, TriangleAlert, Volume2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { SignInOffer } from '../account/SignInKey';
import { useMeeting, useSend } from '../engine/context';
import type { Link, LobbyView } from '../engine/contract';
import { Button } from '../parts/Button';
import { Check } from '../parts/Check';
import { classes } from '../parts/classes';
import { DeviceSelect } from '../parts/DeviceSelect';
import { Logo } from '../parts/Mark';
import parts from '../parts/parts.module.css';
import { Note } from '../prejoin/Note';
import { Preview } from '../prejoin/Preview';
import pre from '../prejoin/prejoin.module.css';
import { Toggles } from '../prejoin/PreJoin';
import style from './lobby.module.css';

/** After these minutes the wait is spoken; the seconds run for the eye only. */
const TOLD_AFTER = [1, 3, 5];
/** From this minute on the text no longer promises a quick answer. */
const LATE_MINUTES = 3;

/** Before the door: nothing to do, own picture and devices at hand, and a way back. */
export function Lobby({ link, lobby }: { link: Link; lobby: LobbyView }) {
  const { t } = useTranslation(['lobby', 'prejoin']);
  const send = useSend();
  const room = useMeeting((state) => state.room.name);
  const issues = useMeeting((state) => state.issues);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const waited = useWaited();
  // The server tells another number each time it is asked: that is for the eye only.
  useNoteVoice('throttled', lobby.throttled_seconds === null ? null : t('lobby:throttled'));
  useNoteVoice('sign-in-opens', lobby.sign_in_opens ? `${t('lobby:account')} ${t('lobby:signIn')}` : null);
  const minutes = Math.floor(waited / 60);
  const seconds = waited % 60;
  const now = minutes > 0 ? t('lobby:waitingMinutes', { minutes, seconds }) : t('lobby:waitingSeconds', { seconds });
  const done = [t('lobby:recognised'), t('lobby:contacted'), t('lobby:asked')];
  return (
    <div className={pre.page}>
      <header className={parts.appbar} data-region="top">
        <Logo />
      </header>
      <main className={classes(pre.pre, style.lobby)} data-region="main">
        <div className={pre.left}>
          <Preview caption={t('prejoin:previewAlone')} />
          {issues.map((issue) => (
            <Note key={issue.code} issue={issue} />
          ))}
          <div className={pre.controls}>
            <Toggles />
          </div>
          <div className={style.devices} role="group" aria-label={t('lobby:devices')}>
            <DeviceSelect kind="microphone" />
            <DeviceSelect kind="loudspeaker" />
            <DeviceSelect kind="camera" />
          </div>
        </div>
        <div className={pre.side}>
          <div className={pre.headline}>
            <p className={pre.server}>{room || link.room || link.host}</p>
            <h1 ref={title} className={pre.title} tabIndex={-1}>
              {t('lobby:title')}
            </h1>
            <p className={style.text}>{t(minutes >= LATE_MINUTES ? 'lobby:late' : 'lobby:text')}</p>
          </div>
          <ol role="list" className={pre.steps} aria-label={t('lobby:steps')}>
            {done.map((text) => (
              <li key={text}>
                <Check tone="ok" />
                <span>{text}</span>
              </li>
            ))}
            <li aria-current="step" data-testid="waiting">
              <Check tone="wait" />
              <span className={style.count}>{now}</span>
            </li>
          </ol>
          <div className={style.news}>
            {/* Always there: a live region that comes with its text is often not read. What may come with the view is said by the window (`useNoteVoice`). */}
            <div role="status">
              {lobby.lost && (
                <div className={parts.note} data-tone="warn" data-testid="lost">
                  <RefreshCw aria-hidden="true" />
                  <p>{t('lobby:lost')}</p>
                </div>
              )}
            </div>
            {lobby.throttled_seconds !== null && (
              <div className={parts.note} data-tone="warn" data-testid="throttled">
                <TriangleAlert aria-hidden="true" />
                <p>
                  {t('lobby:throttled')} {t('lobby:throttledNext', { count: lobby.throttled_seconds })}
                </p>
              </div>
            )}
            {lobby.sign_in_opens && (
              <div className={parts.note} data-testid="sign-in-opens">
                <Info aria-hidden="true" />
                <p>
                  <b className={parts.noteTitle}>{t('lobby:account')}</b> {t('lobby:signIn')}
                </p>
              </div>
            )}
          </div>
          {lobby.sign_in_opens && <SignInOffer host={link.host} waits />}
          <div className={style.keys}>
            <Button look="secondary" onPress={() => send({ kind: 'test_loudspeaker' })}>
              <Volume2 aria-hidden="true" />
              {t('lobby:test')}
            </Button>
            <Button onPress={() => send({ kind: 'leave' })} data-testid="cancel">
              {t('lobby:cancel')}
            </Button>
          </div>
        </div>
      </main>
    </div>
  );
}

/** Says a note when it comes, also where it comes with the view: the first knock may have been answered so. `null`: it is not there. */
function useNoteVoice(kind: string, text: string | null): void {
  const announce = useAnnounce();
  const words = useRef(text);
  words.current = text;
  const there = text !== null;
  useEffect(() => {
    if (there && words.current !== null) announce({ kind, text: words.current, politeness: 'polite' });
  }, [announce, kind, there]);
}

/** Seconds since the view is there; spoken at few of them. */
function useWaited(): number {
  const { t } = useTranslation('lobby');
  const announce = useAnnounce();
  const [waited, setWaited] = useState(0);
  useEffect(() => {
    const begun = Date.now();
    const timer = setInterval(() => setWaited(Math.floor((Date.now() - begun) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  const told = useRef(0);
  useEffect(() => {
    const minutes = Math.floor(waited / 60);
    if (minutes <= told.current || !TOLD_AFTER.includes(minutes)) return;
    told.current = minutes;
    announce({ kind: 'waited', text: t('waited', { count: minutes }), politeness: 'polite' });
  }, [announce, t, waited]);
  return waited;
}
