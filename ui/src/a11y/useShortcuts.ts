import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { toggleFullScreen } from '../call/full-screen';
import { useReadState } from '../call/read-state';
import { useEngine, useMeetingStore, useSend } from '../engine/context';
import type { CapabilitySet } from '../engine/contract';
import { usePanelDoors } from '../panels/shown';
import { useOpenSettings } from '../settings/useOpenSettings';
import { useBeginShare } from '../sharing/useSharing';
import type { ShortcutId } from '../shortcuts';
import { useUiStore } from '../ui-state';
import { useAnnounce, useHush } from './Announcer';
import { cycleRegion, focusRegion } from './regions';
import { useKeys } from './useKeys';
import { useTurnDevice } from './useTurnDevice';

/** A second press within this time leaves, in milliseconds. */
const CONFIRM_MS = 5000;

/** Asks whether the meeting is to be left, and leaves where that is asked twice: by a key here, or in the window of the shared content. */
function useLeave(): () => void {
  const { t } = useTranslation('call');
  const engine = useEngine();
  const store = useMeetingStore();
  const ui = useUiStore();
  const send = useSend();
  const announce = useAnnounce();
  const asked = useRef(Number.NEGATIVE_INFINITY);
  const leave = () => {
    if (store.getState().phase.kind !== 'in_meeting') return;
    const now = performance.now();
    if (now - asked.current < CONFIRM_MS) {
      send({ kind: 'leave' });
      return;
    }
    asked.current = now;
    ui.setState({ leaveAsked: true });
    setTimeout(() => ui.setState({ leaveAsked: false }), CONFIRM_MS);
    announce({ kind: 'leave', text: t('leaveAsked'), politeness: 'assertive' });
  };
  // What is said follows the language, the listener stays.
  const latest = useRef(leave);
  useEffect(() => {
    latest.current = leave;
  });
  useEffect(() => engine.leaveAsked(() => latest.current()), [engine]);
  return leave;
}

/** Lets the keys of the catalogue work in the whole window. */
export function useShortcuts(): void {
  const store = useMeetingStore();
  const ui = useUiStore();
  const send = useSend();
  const doors = usePanelDoors();
  const hush = useHush();
  const readState = useReadState();
  const openSettings = useOpenSettings();
  const beginShare = useBeginShare();
  const turn = useTurnDevice();
  const leave = useLeave();

  // Nobody speaks on in another view.
  useEffect(() => () => hush(false), [hush]);
  const turnPage = (step: number) => ui.setState((state) => ({ page: Math.max(0, state.page + step) }));
  const can = (what: keyof CapabilitySet) => store.getState().room.capabilities[what];
  const closeInnermost = () => {
    const last = doors.seen().at(-1);
    if (last !== undefined) doors.toggle(last);
  };
  const talk = (on: boolean) => {
    // Who speaks is not spoken to.
    hush(on);
    send({ kind: 'talk', on });
  };
  const actions: Record<ShortcutId, () => void> = {
    talk: () => talk(true),
    microphone: () => turn('microphone'),
    camera: () => turn('camera'),
    chat: () => can('chat') && doors.toggle('chat'),
    people: () => doors.toggle('people'),
    hand: () => can('raise_hand') && send({ kind: 'raise_hand', up: store.getState().me.hand === null }),
    react: () => can('reactions') && ui.setState(({ reactionsOpen }) => ({ reactionsOpen: !reactionsOpen })),
    captions: () => can('captions') && send({ kind: 'set_captions', on: store.getState().together.captions === 'off' }),
    live: () => doors.toggle('live'),
    share: () => {
      if (store.getState().sharing.active !== null) send({ kind: 'stop_share' });
      else if (can('publish_screen')) beginShare();
    },
    admit: () => {
      const first = store.getState().together.waiting[0];
      if (can('moderate') && first !== undefined) send({ kind: 'admit', waiter: first.id });
    },
    recording: () => can('record') && ui.setState({ dialog: { kind: 'recording' } }),
    nextRegion: () => cycleRegion(false),
    previousRegion: () => cycleRegion(true),
    toolbar: () => focusRegion(document.querySelector('[data-region="toolbar"]')),
    layout: () => {
      const key = document.querySelector<HTMLElement>('[data-testid="layout"]');
      key?.focus();
      key?.click();
    },
    previousPage: () => turnPage(-1),
    nextPage: () => turnPage(1),
    readState,
    fullScreen: toggleFullScreen,
    close: closeInnermost,
    leave,
    shortcuts: () => ui.setState({ shortcutsOpen: true }),
    settings: () => openSettings(null),
  };
  useKeys(actions, () => talk(false));
}
