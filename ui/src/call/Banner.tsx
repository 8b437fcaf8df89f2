import { AppWindow, Circle, DoorOpen, Hand, Info, RefreshCw, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting, useSend } from '../engine/context';
import type { Issue, WaiterView } from '../engine/contract';
import { useIssueActions } from '../error/actions';
import { IssueText, useActionText } from '../error/IssueText';
import { useRecording, useRecordingRight } from '../together/recording';
import { useLowerHandAsk } from '../together/useLowerHandAsk';
import { openPanel, useUi, useUiStore } from '../ui-state';
import { Alone } from './Alone';
import { type Entry, Frame, issueEntry, Others } from './banner-parts';
import style from './call.module.css';

/** A banner that only informs stays this long, in milliseconds. */
const INFORM_MS = 8000;

const RECONNECTING = 'VIS-CALL-RESUME-43';
const RECORDED = 'VIS-REC-ON-62';
/** Told by the live region already. */
const STOPPED = 'VIS-REC-OFF-63';
const ASKED = 'VIS-REC-ASK-65';
const ALONE = 'VIS-CALL-ALONE-69';
/** Said by the live region, once and with the name: the banner itself is silent. */
const MUTED = 'VIS-CALL-MUTED-45';

/**
 * One banner or none, in its own space over the stage: the most urgent one, and how many more there are.
 *
 * The order is that of interface specification §4.4: the notice of a recording, the lost connection, nobody
 * hears us, who waits, all else, being alone for long, a question, where the shared content is.
 */
export function Banner() {
  const { t } = useTranslation(['call', 'together']);
  const issues = useMeeting((state) => state.issues);
  const lostFor = useMeeting((state) => (state.phase.kind === 'in_meeting' ? state.phase.reconnecting_for : null));
  const waiting = useMeeting((state) => (state.room.capabilities.moderate ? state.together.waiting : NOBODY));
  const peopleOpen = useUi((state) => state.panels.includes('people'));
  const leaveAsked = useUi((state) => state.leaveAsked);
  const recorded = useRecordingUnread();
  const hand = useLowerHandAsk();
  const { live } = useRecording();
  const shareWindow = useMeeting((state) => state.share_window);
  useWaitingSince(waiting);
  if (leaveAsked) return <LeaveAsked />;

  const told = issues.filter((issue) => issue.code !== RECONNECTING && issue.code !== ALONE && !(issue.code === RECORDED && live));
  const alone = issues.find((issue) => issue.code === ALONE);
  const heard = (issue: Issue) => issue.code === MUTED || (issue.code.startsWith('VIS-MIC-') && issue.code !== 'VIS-MIC-LARGE-72');
  const entryOf = (issue: Issue) => issueEntry(issue, (others) => <IssueBanner issue={issue} others={others} />);
  const first = waiting[0];
  const entries: Entry[] = [];
  if (recorded) entries.push({ key: RECORDED, title: t('together:recording.noticeScreen'), text: t('together:recording.noticeNext'), show: (others) => <Recorded others={others} /> });
  // Without a connection nobody hears us anyway: the cause comes first.
  if (lostFor !== null)
    entries.push({
      key: RECONNECTING,
      title: t('call:reconnecting', { count: lostFor }),
      text: t('call:reconnectingNext'),
      show: (others) => <Reconnecting seconds={lostFor} others={others} />,
    });
  entries.push(...told.filter(heard).map(entryOf));
  // In the list of people they are in full already.
  if (first !== undefined && !peopleOpen)
    entries.push({ key: 'waiting', title: t('together:waits', { name: first.name, count: waiting.length }), text: '', show: (others) => <SomebodyWaits first={first} count={waiting.length} others={others} /> });
  entries.push(...told.filter((issue) => !heard(issue)).map(entryOf));
  if (alone !== undefined) entries.push(issueEntry(alone, (others) => <Alone issue={alone} others={others} />));
  if (hand.ask) entries.push({ key: 'hand', title: t('together:lowerAsk'), text: t('together:lowerWhy'), show: (others) => <LowerHand keep={hand.keep} others={others} /> });

  if (shareWindow) entries.push({ key: 'share-window', title: t('call:shareWindow'), text: '', show: (others) => <ShareWindow others={others} /> });

  const [top, ...others] = entries;
  // The row of the window stays where it is without a banner.
  if (top === undefined) return <div />;
  return (
    <section key={top.key} aria-label={t('call:messages')} data-region="banner">
      {top.show(others)}
    </section>
  );
}

const NOBODY: WaiterView[] = [];

/** Remembers when each came to the door: nobody tells that. */
function useWaitingSince(waiting: readonly WaiterView[]): void {
  const ui = useUiStore();
  useEffect(() => {
    const { waitingSince } = ui.getState();
    const now = performance.now();
    ui.setState({ waitingSince: Object.fromEntries(waiting.map(({ id }) => [id, waitingSince[id] ?? now])) });
  }, [ui, waiting]);
}

/** A recording runs that was not yet read here; each new one is news again. */
function useRecordingUnread(): boolean {
  const ui = useUiStore();
  const { live } = useRecording();
  const read = useUi((state) => state.recordingRead);
  useEffect(() => {
    if (!live) ui.setState({ recordingRead: false });
  }, [live, ui]);
  return live && !read;
}

/** The notice that stays until it is read. By whom it is known as far as they said so. */
function Recorded({ others }: { others: Entry[] }) {
  const { t } = useTranslation('together');
  const ui = useUiStore();
  const send = useSend();
  const { mode } = useRecording();
  const issue = useMeeting((state) => state.issues.find((one) => one.code === RECORDED));
  const understood = () => {
    ui.setState({ recordingRead: true });
    if (issue !== undefined) send({ kind: 'dismiss', code: RECORDED });
  };
  return (
    <Frame tone="rec" code={RECORDED}>
      <Circle aria-hidden="true" fill="currentColor" />
      <p className={style.bannerText}>
        <b>{issue?.params['by'] ? <IssueText issue={issue} part="cause" /> : t(mode === 'transcript' ? 'recording.noticeTranscript' : 'recording.noticeScreen')}</b>{' '}
        {t('recording.noticeNext')}
      </p>
      <Key onPress={understood} testid="recording-understood">
        {t('recording.understood')}
      </Key>
      <Others entries={others} />
    </Frame>
  );
}

function SomebodyWaits({ first, count, others }: { first: WaiterView; count: number; others: Entry[] }) {
  const { t } = useTranslation('together');
  const ui = useUiStore();
  const send = useSend();
  return (
    <Frame tone="warn" code="waiting">
      <DoorOpen aria-hidden="true" />
      <p className={style.bannerText}>
        <b>{t('waits', { name: first.name, count })}</b>
      </p>
      <Key onPress={() => send({ kind: 'admit', waiter: first.id })} testid="banner-admit">
        {t('admit')}
      </Key>
      <Key onPress={() => openPanel(ui, 'people')} testid="banner-see">
        {t('see')}
      </Key>
      <Others entries={others} />
    </Frame>
  );
}

/** We speak, and the hand is still up. */
function LowerHand({ keep, others }: { keep: () => void; others: Entry[] }) {
  const { t } = useTranslation('together');
  const send = useSend();
  return (
    <Frame tone="info" code="hand">
      <Hand aria-hidden="true" />
      <p className={style.bannerText}>
        <b>{t('lowerAsk')}</b> {t('lowerWhy')}
      </p>
      <Key onPress={() => send({ kind: 'raise_hand', up: false })} testid="banner-lower">
        {t('lower')}
      </Key>
      <Key onPress={keep}>{t('keepUp')}</Key>
      <Others entries={others} />
    </Frame>
  );
}

/** What others share is not on this stage; the key brings its window to the front. */
function ShareWindow({ others }: { others: Entry[] }) {
  const { t } = useTranslation(['call', 'stage']);
  const engine = useEngine();
  return (
    <Frame tone="info" code="share-window">
      <AppWindow aria-hidden="true" />
      <p className={style.bannerText}>
        <b>{t('call:shareWindow')}</b>
      </p>
      <Key onPress={() => void engine.openShare(t('stage:shareTitle')).catch(() => undefined)}>{t('call:shareWindowShow')}</Key>
      <Others entries={others} />
    </Frame>
  );
}

/** The first press of the leave keys; it goes away by itself. */
function LeaveAsked() {
  const { t } = useTranslation('call');
  const send = useSend();
  return (
    <section aria-label={t('messages')} data-region="banner">
      <div className={style.banner} data-tone="info" data-testid="leave-asked">
        <Info aria-hidden="true" />
        <p className={style.bannerText}>
          <b>{t('leaveAsked')}</b>
        </p>
        <Key onPress={() => send({ kind: 'leave' })}>{t('leave')}</Key>
      </div>
    </section>
  );
}

function Reconnecting({ seconds, others }: { seconds: number; others: Entry[] }) {
  const { t } = useTranslation('call');
  return (
    <Frame tone="warn" code={RECONNECTING}>
      <RefreshCw aria-hidden="true" />
      {/* The seconds run for the eye; the loss itself is announced once. */}
      <p className={style.bannerText}>
        <b>{t('reconnecting', { count: seconds })}</b> {t('reconnectingNext')}
      </p>
      <Others entries={others} />
    </Frame>
  );
}

function IssueBanner({ issue, others }: { issue: Issue; others: Entry[] }) {
  const { t } = useTranslation(['issues', 'together']);
  const { shell } = useEngine();
  const ui = useUiStore();
  const send = useSend();
  const action = useIssueActions()(issue);
  const actionText = useActionText(issue);
  // A request to record is answered by those who can, or dismissed.
  const answers = useRecordingRight() === 'start' && issue.code === ASKED;
  const informs = issue.action === 'none' && !answers;
  useEffect(() => {
    if (!informs || shell.automation) return;
    const timer = setTimeout(() => send({ kind: 'dismiss', code: issue.code }), INFORM_MS);
    return () => clearTimeout(timer);
    // The banner is mounted anew for each code.
  }, [informs, issue.code, shell.automation]);
  const Icon = informs ? Info : TriangleAlert;
  return (
    <Frame tone={informs ? 'info' : 'warn'} code={issue.code} alert={issue.code !== STOPPED && issue.code !== MUTED}>
      <Icon aria-hidden="true" />
      <p className={style.bannerText}>
        <b>
          <IssueText issue={issue} part="cause" />
        </b>{' '}
        <IssueText issue={issue} part="next" />
      </p>
      {action !== null && <Key onPress={action}>{actionText}</Key>}
      {answers && (
        <Key onPress={() => ui.setState({ dialog: { kind: 'recording' } })} testid="answer-recording">
          {t('together:recording.startRequested')}
        </Key>
      )}
      <Key onPress={() => send({ kind: 'dismiss', code: issue.code })}>{t('issues:dismiss')}</Key>
      <Others entries={others} />
    </Frame>
  );
}

function Key({ onPress, testid, children }: { onPress: () => void; testid?: string; children: ReactNode }) {
  return (
    <Button className={style.stageKey ?? ''} onPress={onPress} {...(testid === undefined ? {} : { 'data-testid': testid })}>
      {children}
    </Button>
  );
}
