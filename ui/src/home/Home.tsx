import { CircleCheck, ClipboardPaste, ExternalLink, LifeBuoy, Link2, LockOpen, Mic, TriangleAlert, Video, Volume2 } from 'lucide-react';
import { type FormEvent, useEffect, useId, useReducer, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useUnderWay } from '../account/account';
import { Agenda } from '../calendar/Agenda';
import { openOf } from '../calendar/agenda';
import { NextMeeting } from '../calendar/NextMeeting';
import { useNow } from '../calendar/useNow';
import { deviceFor } from '../devices';
import { useEngine, useMeeting, useSend } from '../engine/context';
import type { Issue } from '../engine/contract';
import { useIssueActions } from '../error/actions';
import { IssueText, useActionText, useIssueSpeech } from '../error/IssueText';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import { Logo } from '../parts/Mark';
import { NameField } from '../parts/NameField';
import parts from '../parts/parts.module.css';
import { ManagedKey } from '../policy/ManagedKey';
import { SettingsKey } from '../settings/SettingsKey';
import { usePasteHere } from '../tray/paste';
import { useUiStore } from '../ui-state';
import style from './home.module.css';
import { AccountNotes } from './AccountNotes';
import { DevicesChip } from './DevicesChip';
import { concernsLink } from './link-issue';
import { ManagedRooms } from './ManagedRooms';
import { NewMeeting } from './NewMeeting';
import { Recent } from './Recent';
import { Rooms } from './Rooms';
import { Servers } from './Servers';
import { SERVICE_NAMES } from './services';

/** Milliseconds of rest before the text is looked at. */
const REST_MS = 150;

/** What came with the field is said after the field itself, which takes the focus: milliseconds. */
const FOCUS_MS = 300;

/** Milliseconds between two looks at the clock. */
const LOOK_MS = 10_000;

/** One field, one key: join in one gesture. */
export function Home() {
  const now = useNow(LOOK_MS);
  const meetings = useMeeting((state) => state.home.calendar.meetings);
  const card = openOf(meetings, now);
  const [next, ...also] = card;
  return (
    <div className={style.page}>
      <header className={parts.appbar} data-region="top">
        <Logo />
        <span className={parts.grow} />
        <span className={style.managedKey}>
          <ManagedKey />
        </span>
        <DevicesChip />
        <SupportKey />
        <SettingsKey />
      </header>
      <main className={style.home} data-region="main">
        <div className={style.main}>
          {next !== undefined && <NextMeeting key={`${next.id} ${next.start}`} meeting={next} also={also} now={now} />}
          <JoinCard beside={next !== undefined} />
          <div className={style.beside}>
            <NewMeeting />
          </div>
          <AccountNotes />
          <UpdateNote />
          <Agenda now={now} card={card} />
          <ManagedRooms />
          <Rooms />
          <div className={classes(parts.card, style.name)}>
            <NameField hint />
          </div>
        </div>
        <div className={style.aside}>
          <Recent />
          <Servers />
          <DeviceCards />
        </div>
      </main>
    </div>
  );
}

/** A newer version lies ready: nothing has to be done. */
function UpdateNote() {
  const { t } = useTranslation('home');
  const version = useMeeting((state) => state.home.update);
  if (version === null) return null;
  return (
    <p className={classes(parts.card, style.update)} role="status" data-testid="update">
      <CircleCheck aria-hidden="true" />
      {t('update', { version })}
    </p>
  );
}

/** Where somebody who gets stuck looks for help. */
function SupportKey() {
  const { t } = useTranslation('support');
  const ui = useUiStore();
  return (
    <Button icon size="small" aria-label={t('menu')} onPress={() => ui.setState({ dialog: { kind: 'support' } })} data-testid="support">
      <LifeBuoy aria-hidden="true" />
    </Button>
  );
}

/** Next steps that are offered at the field, with the words of what is left undone. */
const OFFERED: readonly string[] = ['add_server', 'sign_in', 'create_room', 'see_rule', 'open_elsewhere'];

/** `beside`: the next meeting is the hero, and this the field below it. */
function JoinCard({ beside }: { beside: boolean }) {
  const { t } = useTranslation('home');
  const engine = useEngine();
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [refusal, setRefusal] = useState<Issue | null>(null);
  /** Why nothing was pasted. */
  const [unpasted, setUnpasted] = useState<'clipboardEmpty' | 'clipboardFailed' | null>(null);
  const issue = useMeeting((state) => state.issues.find(concernsLink)) ?? refusal;
  const elsewhere = useMeeting((state) => state.elsewhere);
  /** The text that was last looked at: what is known is of that one, not of what was typed since. */
  const looked = useRef('');
  /** How often something was opened: what is wrong with a text is said again whenever it is. */
  const [tries, tryAgain] = useReducer((count: number) => count + 1, 0);
  const announce = useAnnounce();
  const speak = useIssueSpeech();

  useEffect(() => {
    if (!beside) field.current?.focus();
    // Where a meeting comes or goes, nobody loses their place.
  }, []);
  useEffect(() => {
    // What is there when the line below the field comes changes nothing in it: nobody would hear of a link that failed before.
    if (issue === null) return;
    const text = speak(issue, { kind: 'home' });
    announce({ kind: `issue-${issue.code}`, text: issue.action === 'add_server' ? `${text} ${t('addAsk')}` : text, politeness: 'assertive', wait: FOCUS_MS });
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => {
      looked.current = text;
      void engine.command({ kind: 'recognise', text }).catch(() => undefined);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [engine, text]);

  const open = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') {
      field.current?.focus();
      return;
    }
    tryAgain();
    // Whose it is stands under the field: asked once more only where the browser does not open.
    if (looked.current === text && elsewhere !== null && !elsewhere.refused && !elsewhere.asked) {
      engine.openExternal(elsewhere.url).catch(() => void engine.command({ kind: 'open_link', text }).catch(() => undefined));
      return;
    }
    engine.command({ kind: 'open_link', text }).then(
      () => setRefusal(null),
      (reason: Issue) => {
        setRefusal(reason);
        field.current?.focus();
      },
    );
  };
  const edit = (value: string) => {
    setText(value);
    setRefusal(null);
    setUnpasted(null);
    // What was said about the old text is over.
    if (issue !== null) engine.command({ kind: 'dismiss', code: issue.code }).catch(() => undefined);
  };

  /** The clipboard is read here alone, because somebody pressed a key for it. */
  const paste = () => {
    field.current?.focus();
    engine.pastedText().then(
      (copied) => (copied.trim() === '' ? setUnpasted('clipboardEmpty') : edit(copied.trim())),
      () => setUnpasted('clipboardFailed'),
    );
  };
  usePasteHere(paste);

  return (
    <form className={beside ? style.plain : style.hero} onSubmit={open}>
      <h1 tabIndex={-1}>{t('title')}</h1>
      <div className={style.field}>
        <label className={style.label} htmlFor={id}>
          {t('link')}
        </label>
        <div className={style.row}>
          <div className={style.box}>
            <Link2 aria-hidden="true" />
            <input
              ref={field}
              id={id}
              value={text}
              onChange={(event) => edit(event.target.value)}
              placeholder={t('linkPlaceholder')}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              aria-describedby={`${id}-line`}
              aria-invalid={issue !== null}
              data-testid="link-field"
            />
            {text === '' && (
              <AriaButton className={style.paste ?? ''} onPress={paste} data-testid="paste">
                <ClipboardPaste aria-hidden="true" />
                {t('paste')}
              </AriaButton>
            )}
          </div>
          <AriaButton type="submit" className={style.open ?? ''} data-testid="open">
            {elsewhere === null ? <Video aria-hidden="true" /> : <ExternalLink aria-hidden="true" />}
            {t(elsewhere === null ? 'open' : 'elsewhereKey')}
          </AriaButton>
        </div>
        <div id={`${id}-line`} role="status">
          {issue !== null ? <Problem key={tries} issue={issue} /> : unpasted === null ? <Recognised text={text} /> : <p className={style.line}>{t(unpasted)}</p>}
        </div>
      </div>
    </form>
  );
}

/** What the text leads to, or what may be pasted. */
function Recognised({ text }: { text: string }) {
  const { t } = useTranslation('home');
  const link = useMeeting((state) => state.recognised);
  const elsewhere = useMeeting((state) => state.elsewhere);
  if (text.trim() !== '' && elsewhere !== null) {
    const values = { service: SERVICE_NAMES[elsewhere.service], host: elsewhere.host };
    return (
      <p className={style.line} data-testid="elsewhere">
        {t(elsewhere.refused ? 'elsewhereRefused' : 'elsewhere', values)}
      </p>
    );
  }
  if (text.trim() === '' || link === null) return <p className={style.line}>{t('help')}</p>;
  const key = link.room === '' ? 'recognisedNoRoom' : link.kind === 'livekit_demo' ? 'recognisedDemo' : 'recognised';
  return (
    <>
      <p className={style.line} data-testid="recognised">
        <CircleCheck aria-hidden="true" />
        {t(key, { room: link.room, host: link.host })}
      </p>
      {!link.secure && (
        <p className={style.line}>
          <LockOpen aria-hidden="true" />
          {t('insecure')}
        </p>
      )}
    </>
  );
}

/** What is wrong with the text, or what has to be said before it is followed. */
function Problem({ issue }: { issue: Issue }) {
  const { t } = useTranslation('home');
  const send = useSend();
  const action = useIssueActions()(issue);
  const actionText = useActionText(issue);
  const underWay = useUnderWay(issue);
  const offered = OFFERED.includes(issue.action) && action !== null;
  const asks = issue.action === 'add_server' && action !== null;
  return (
    <div className={style.problem} data-testid="issue" data-code={issue.code}>
      <TriangleAlert aria-hidden="true" />
      <div>
        <p>
          <strong>
            <IssueText issue={issue} part="cause" />
            {asks && ` ${t('addAsk')}`}
          </strong>
        </p>
        <p>
          {underWay ?? <IssueText issue={issue} part="next" />}
        </p>
        {offered && (
          <div className={style.problemKeys}>
            <Button look="primary" size="small" busy={underWay !== null} onPress={action} data-testid="issue-action" data-action={issue.action}>
              {actionText}
            </Button>
            <Button look="secondary" size="small" onPress={() => send({ kind: 'dismiss', code: issue.code })}>
              {t(asks ? 'doNotAdd' : 'dismiss')}
            </Button>
          </div>
        )}
        <p className={style.code}>{issue.code}</p>
      </div>
    </div>
  );
}

const KINDS = [
  ['microphone', Mic],
  ['loudspeaker', Volume2],
  ['camera', Video],
] as const;

/** Which devices will be used; they are chosen in pre-join. */
function DeviceCards() {
  const { t } = useTranslation(['home', 'devices']);
  const devices = useMeeting((state) => state.devices);
  const me = useMeeting((state) => state.me);
  return (
    <aside aria-label={t('home:devices')}>
      <h2 className={style.heading}>{t('home:devices')}</h2>
      {devices.known ? (
        <ul role="list" className={style.side}>
          {KINDS.map(([kind, Icon]) => (
            <li key={kind} className={classes(parts.card, style.device)}>
              <span className={style.glyph}>
                <Icon aria-hidden="true" />
              </span>
              <div>
                <div className={style.deviceName}>
                  {deviceFor(devices.list, kind, me[kind])?.name ??
                    (me[kind].kind === 'system' ? t(`devices:none.${kind}`) : t(`devices:source.${sourceOf(me[kind].kind)}`))}
                </div>
                <div className={style.deviceKind}>{t(`devices:kind.${kind}`)}</div>
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <p className={style.deviceKind}>{t('home:devicesUnknown')}</p>
      )}
    </aside>
  );
}

function sourceOf(kind: 'device' | 'synthetic' | 'file' | 'none') {
  return kind === 'device' ? 'gone' : kind;
}
