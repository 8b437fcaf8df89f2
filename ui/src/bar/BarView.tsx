import { Hand, LogOut, Maximize2, Mic, MicOff, MonitorUp, Pause, Play, Video, VideoOff, X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button, Toolbar } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { LevelBars } from '../call/LevelBars';
import { useOwnCamera } from '../call/useOwnCamera';
import { useEngine, useMeeting, useSend } from '../engine/context';
import { IssueText } from '../error/IssueText';
import { Avatar } from '../parts/Avatar';
import { useStageTile } from '../stage/covers';
import type { Issue, ShareView, Snapshot } from '../engine/contract';
import { messagesAfter, newestKey } from '../panels/after';
import { shareState, shareTitle } from '../sharing/ShareBanner';
import { shareSound } from '../sharing/ShareSound';
import type { Face } from '../stage/model';
import { Picture } from '../stage/tile-parts';
import style from './bar.module.css';
import { type BarSentence, faceOf, sentenceOf } from './sentence';

/** Milliseconds in which a second press leaves. */
const CONFIRM_MS = 5000;

/** What is wrong, and not only so. */
const BAD: readonly BarSentence['key'][] = ['nobodyHears', 'lost', 'shareEnded'];

/** One picture, one sentence, and the keys that one needs without the meeting's window. */
export function BarView() {
  const { t } = useTranslation('bar');
  const { t: call } = useTranslation('call');
  const { t: sharing } = useTranslation('sharing');
  const engine = useEngine();
  const [later, setLater] = useState<ReadonlySet<string>>(new Set());
  const snapshot = useMeeting((state) => state);
  const unread = useUnread(snapshot);
  const last = useRef<string | null>(null);
  const face = faceOf(snapshot, last.current);
  useEffect(() => {
    last.current = face?.id ?? null;
  });
  const { waiter, key, values, ended } = sentenceOf(snapshot, later);
  const { me } = snapshot;
  const share = key === 'shares' ? snapshot.sharing.active : null;
  const systemAsks = snapshot.sharing.system_asks;
  const said = share === null ? (t(key, values as never) as unknown as string) : shareTitle(sharing, share, systemAsks);
  const more = share === null ? `${call(`hearing.${me.hearing}`)} · ${call(`seeing.${me.seeing}`)}` : `${shareState(sharing, share, systemAsks)} ${shareSound(sharing, share)}`.trim();
  return (
    <main className={style.bar} aria-label={t('label')} data-tauri-drag-region data-testid="bar" data-sentence={key}>
      {share === null ? <Thumb face={face} /> : <SharedThumb />}
      <div className={style.body} data-tauri-drag-region>
        {/* No live region: what is to be said of it the meeting's own window says, also while it is not to be seen. */}
        <p className={style.text} data-tone={BAD.includes(key) ? 'bad' : undefined} data-testid="bar-text">
          <strong>{said}</strong>
          {ended === null ? <span>{waiter === null ? more : t('atTheDoor')}</span> : <EndOfShare issue={ended} />}
        </p>
        <Toolbar className={style.keys ?? ''} aria-label={t('label')}>
          {waiter !== null ? <DoorKeys waiter={waiter} onLater={() => setLater((before) => new Set([...before, waiter]))} /> : <MeetingKeys alone={key === 'nobodyHears'} share={share} />}
          {waiter === null && (
            <>
              <Key label={unread > 0 ? `${t('back')}, ${call('unread', { count: unread })}` : t('back')} onPress={() => void engine.showMain().catch(() => undefined)} testid="bar-back">
                <Maximize2 aria-hidden="true" />
                {unread > 0 && (
                  <span className={style.unread} aria-hidden="true" data-testid="bar-unread">
                    {unread > 99 ? '99+' : unread}
                  </span>
                )}
              </Key>
              <span className={style.grow} />
              {share === null ? <LeaveKey /> : <StopKey />}
            </>
          )}
        </Toolbar>
      </div>
    </main>
  );
}

/** How many messages of others came since the bar is there: while it is, nobody sees the chat. */
function useUnread({ phase, messages }: Snapshot): number {
  const first = useRef<{ read: string | null } | null>(null);
  if (phase.kind !== 'in_meeting') return 0;
  first.current ??= { read: newestKey(messages) };
  return messagesAfter(messages, first.current.read).filter(({ own }) => !own).length;
}

/** Why it is over. A request that was not done says what was asked: what is above it says that already. */
function EndOfShare({ issue }: { issue: Issue }) {
  return (
    <span>
      <IssueText issue={issue} part={issue.code === 'VIS-CALL-ACTION-49' ? 'next' : 'cause'} />
    </span>
  );
}

function Thumb({ face }: { face: Face | null }) {
  const ref = useRef<HTMLDivElement>(null);
  const track = face?.track ?? null;
  const still = face === null || track === null || face.video === 'none' || face.video === 'coming';
  useStageTile(ref, track === null ? null : { track, fit: face?.kind === 'screen' ? 'contain' : 'cover', mirrored: false, radius: 0, veiled: false, smooth: false, layer: 0 });
  return (
    <div ref={ref} className={style.thumb} data-speaking={face?.speaking || undefined} data-still={still || undefined}>
      {!still && track !== null && <Picture track={track} />}
      {still && face !== null && <Avatar id={face.id} name={face.name} className={style.avatar} />}
    </div>
  );
}

/** What is shared is on the screen already: no mirror of it. */
function SharedThumb() {
  return (
    <div className={style.thumb} data-shared>
      <MonitorUp aria-hidden="true" />
    </div>
  );
}

function MeetingKeys({ alone, share }: { alone: boolean; share: ShareView | null }) {
  const { t } = useTranslation('bar');
  const send = useSend();
  const on = useMeeting((state) => state.me.microphone_on);
  const camera = useOwnCamera();
  const hand = useMeeting((state) => state.me.hand !== null);
  const can = useMeeting((state) => state.room.capabilities);
  return (
    <>
      {can.publish_microphone && (
        <Key label={t(on ? 'microphoneOff' : 'microphoneOn')} off={!on} onPress={() => send({ kind: 'set_microphone_on', on: !on })} testid="bar-microphone">
          {on ? <Mic aria-hidden="true" /> : <MicOff aria-hidden="true" />}
          {on && <LevelBars />}
          {alone && !on && t('again')}
        </Key>
      )}
      {share !== null && <PauseKey paused={share.paused} />}
      {can.publish_camera && share === null && (
        <Key label={t(camera.on ? 'cameraOff' : 'cameraOn')} about={camera.missing} off={!camera.shown} onPress={() => send({ kind: 'set_camera_on', on: !camera.on })} testid="bar-camera">
          {camera.shown ? <Video aria-hidden="true" /> : <VideoOff aria-hidden="true" />}
        </Key>
      )}
      {can.raise_hand && !alone && share === null && (
        <Key label={t(hand ? 'handDown' : 'handUp')} on={hand} onPress={() => send({ kind: 'raise_hand', up: !hand })} testid="bar-hand">
          <Hand aria-hidden="true" />
        </Key>
      )}
    </>
  );
}

function DoorKeys({ waiter, onLater }: { waiter: string; onLater: () => void }) {
  const { t } = useTranslation('bar');
  const send = useSend();
  return (
    <>
      <Key label={t('admit')} tone="primary" onPress={() => send({ kind: 'admit', waiter })} testid="bar-admit">
        {t('admit')}
      </Key>
      <Key label={t('refuse')} onPress={() => send({ kind: 'refuse', waiter })} testid="bar-refuse">
        {t('refuse')}
      </Key>
      <span className={style.grow} />
      <Key label={t('later')} onPress={onLater} testid="bar-later">
        <X aria-hidden="true" />
      </Key>
    </>
  );
}

function PauseKey({ paused }: { paused: boolean }) {
  const { t } = useTranslation('sharing');
  const send = useSend();
  return (
    <Key label={t(paused ? 'goOn' : 'pause')} on={paused} onPress={() => send({ kind: 'pause_share', paused: !paused })} testid="bar-pause-share">
      {paused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
    </Key>
  );
}

function StopKey() {
  const { t } = useTranslation('sharing');
  const send = useSend();
  return (
    <Key label={t('menuStop')} tone="leave" onPress={() => send({ kind: 'stop_share' })} testid="bar-stop-share">
      {t('stop')}
    </Key>
  );
}

/** Two presses: the bar lies where one clicks on other things. */
function LeaveKey() {
  const { t } = useTranslation('bar');
  const send = useSend();
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    if (!asked) return;
    const timer = setTimeout(() => setAsked(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  return (
    <Key label={t(asked ? 'leaveNow' : 'leave')} tone="leave" onPress={() => (asked ? send({ kind: 'leave' }) : setAsked(true))} testid="bar-leave">
      <LogOut aria-hidden="true" />
      {asked && t('sure')}
    </Key>
  );
}

interface KeyProps {
  label: string;
  onPress: () => void;
  testid: string;
  tone?: 'primary' | 'leave';
  /** What its look means, where the label does not say that. */
  about?: string | null;
  off?: boolean;
  on?: boolean;
  children: ReactNode;
}

function Key({ label, onPress, testid, tone, about = null, off = false, on = false, children }: KeyProps) {
  const id = useId();
  return (
    <>
      <Button
        className={style.key ?? ''}
        aria-label={label}
        {...(about !== null && { 'aria-describedby': id })}
        onPress={onPress}
        data-tone={tone}
        data-off={off || undefined}
        data-on={on || undefined}
        data-testid={testid}
      >
        {children}
      </Button>
      {about !== null && (
        <span id={id} className="unseen">
          {about}
        </span>
      )}
    </>
  );
}
