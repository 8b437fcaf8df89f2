import { AppWindow, Circle, DoorOpen, Hand, Info, RefreshCw } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting, useSend } from '../engine/context';
import type { Issue, WaiterView } from '../engine/contract';
import { IssueText } from '../error/IssueText';
import { usePanelDoors, usePanelShown } from '../panels/shown';
import { concernsShare } from '../sharing/ended';
import { useShareEntry } from '../sharing/ShareBanner';
import { ShareBar, useReceivedShare } from '../stage/ShareBar';
import { useRecording } from '../together/recording';
import { useLowerHandAsk } from '../together/useLowerHandAsk';
import { useUi, useUiStore } from '../ui-state';
import { Alone, useLeftAt } from './Alone';
import { type Entry, Frame, issueEntry, Key, Others } from './banner-parts';
import style from './call.module.css';
import { IssueBanner, MUTED, useInforms } from './IssueBanner';
import { useKeepMessages } from './kept-messages';

const RECONNECTING = 'VIS-CALL-RESUME-43';
const RECORDED = 'VIS-REC-ON-62';
const ALONE = 'VIS-CALL-ALONE-69';
const WEAK = 'VIS-NET-POOR-22';

/**
 * One banner or none, in its own space over the stage: the most urgent one, and how many more there are.
 *
 * The order is that of interface specification §4.4: the notice of a recording, the lost connection, nobody
 * hears us, who waits, the weak network, being alone for long, what we share and first what went wrong with it,
 * that we hear nobody, all else, a question, where the shared content is.
 * Where nothing of that is, what another shares has its bar there: it is no message, and no list counts it.
 * What we share stays there for as long as we share: what was behind it waits behind it, and whoever is alone
 * for long could not say that they stay.
 */
export function Banner() {
  const { t } = useTranslation(['call', 'together', 'stage']);
  const issues = useMeeting((state) => state.issues);
  const lostFor = useMeeting((state) => (state.phase.kind === 'in_meeting' ? state.phase.reconnecting_for : null));
  const waiting = useMeeting((state) => (state.room.capabilities.moderate ? state.together.waiting : NOBODY));
  const peopleShown = usePanelShown('people');
  const leaveAsked = useUi((state) => state.leaveAsked);
  const recorded = useRecordingUnread();
  const hand = useLowerHandAsk();
  const { live, mode } = useRecording();
  const shareWindow = useMeeting((state) => state.share_window);
  const informs = useInforms();
  const share = useShareEntry();
  const received = useReceivedShare();
  // What has a banner of its own, or stays as long as it is true, is no news that went by.
  useKeepMessages((issue) => informs(issue) && ![RECONNECTING, ALONE, RECORDED].includes(issue.code));
  useWaitingSince(waiting);
  const alone = issues.find((issue) => issue.code === ALONE);
  const leftAt = useLeftAt(alone);
  if (leaveAsked) return <LeaveAsked />;

  const told = issues.filter((issue) => issue.code !== RECONNECTING && issue.code !== ALONE && !(issue.code === RECORDED && live));
  const heard = (issue: Issue) => issue.code === MUTED || (issue.code.startsWith('VIS-MIC-') && !HEARD_ALL_THE_SAME.includes(issue.code) && issue.params['cause'] !== 'kept');
  const entryOf = (issue: Issue) => issueEntry(issue, (others) => <IssueBanner issue={issue} others={others} />);
  const first = waiting[0];
  const entries: Entry[] = [];
  if (recorded) entries.push({ key: RECORDED, title: t(`together:recording.${NOTICES[mode].title}`), text: t(`together:recording.${NOTICES[mode].next}`), show: (others) => <Recorded others={others} /> });
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
  if (first !== undefined && !peopleShown)
    entries.push({ key: 'waiting', title: t('together:waits', { name: first.name, count: waiting.length }), text: '', show: (others) => <SomebodyWaits first={first} count={waiting.length} others={others} /> });
  const rest = told.filter((issue) => !heard(issue));
  const weak = rest.filter(({ code }) => code === WEAK);
  const ofShare = rest.filter(concernsShare);
  entries.push(...weak.map(entryOf));
  if (alone !== undefined) entries.push(issueEntry(alone, (others) => <Alone issue={alone} until={leftAt} others={others} />));
  entries.push(...ofShare.map(entryOf));
  // Stop and pause are at hand, whatever else there is to say.
  if (share !== null) entries.push(share);
  const others = rest.filter((issue) => !weak.includes(issue) && !ofShare.includes(issue));
  // Whoever hears nobody is to know it before what only informs.
  const deaf = others.filter(({ code }) => code.startsWith('VIS-OUT-'));
  entries.push(...deaf.map(entryOf), ...others.filter((issue) => !deaf.includes(issue)).map(entryOf));
  if (hand.ask) entries.push({ key: 'hand', title: t('together:lowerAsk'), text: t('together:lowerWhy'), show: (others) => <LowerHand keep={hand.keep} others={others} /> });

  if (shareWindow) entries.push({ key: 'share-window', title: t('call:shareWindow'), text: '', show: (others) => <ShareWindow others={others} /> });

  const [top, ...behind] = entries;
  if (top === undefined && received !== null)
    return (
      <section aria-label={t('stage:shares')} data-region="banner">
        <ShareBar {...received} />
      </section>
    );
  // The row of the window stays where it is without a banner.
  if (top === undefined) return <div />;
  return (
    <section key={top.key} aria-label={t('call:messages')} data-region="banner">
      {top.show(behind)}
    </section>
  );
}

/** What the notice says of what is kept, and of what one can do about it: a transcript has no picture. */
const NOTICES = {
  screen: { title: 'noticeScreen', next: 'noticeNext' },
  transcript: { title: 'noticeTranscript', next: 'noticeTranscriptNext' },
} as const;

/** About the microphone, and others hear us; so they do where another one is tried in vain (`kept`). */
const HEARD_ALL_THE_SAME = ['VIS-MIC-LARGE-72', 'VIS-MIC-PHONE-76'];

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
        <b>{issue?.params['by'] ? <IssueText issue={issue} part="cause" /> : t(`recording.${NOTICES[mode].title}`)}</b>{' '}
        {t(`recording.${NOTICES[mode].next}`)}
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
  const doors = usePanelDoors();
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
      <Key onPress={() => doors.open('people')} testid="banner-see">
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
      <Key onPress={() => void engine.openShare(t('stage:shareTitle')).catch(() => undefined)} data-kin="share-window" testid="share-window-show">
        {t('call:shareWindowShow')}
      </Key>
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
        <Key onPress={() => send({ kind: 'leave' })} data-no-heir="">
          {t('leave')}
        </Key>
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
