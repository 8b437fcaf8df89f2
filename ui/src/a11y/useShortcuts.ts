import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { toggleFullScreen } from '../call/full-screen';
import { useReadState } from '../call/read-state';
import { useEngine, useMeetingStore, useSend } from '../engine/context';
import type { CapabilitySet } from '../engine/contract';
import { usePanelDoors } from '../panels/shown';
import { useIsOff, useWhoText } from '../policy/rules';
import { useOpenSettings } from '../settings/useOpenSettings';
import { useBeginShare } from '../sharing/useSharing';
import { type Shortcut, type ShortcutId, shortcutFor } from '../shortcuts';
import { shortcutsWith } from '../shortcuts-own';
import { useUiStore } from '../ui-state';
import { useAnnounce, useHush } from './Announcer';
import { cycleRegion, focusRegion } from './regions';

/** A second press within this time leaves, in milliseconds. */
const CONFIRM_MS = 5000;
/** What a key asked of a device is said where the engine has done it within this time, in milliseconds. */
const DONE_MS = 2000;

type Device = 'microphone' | 'camera';
const DEVICES: readonly Device[] = ['microphone', 'camera'];

function inScope(scope: Shortcut['scope'], phase: string): boolean {
  if (scope === 'everywhere' || phase === 'in_meeting') return true;
  return scope === 'devices' && (phase === 'pre_join' || phase === 'joining' || phase === 'lobby');
}

/** Whether the key is a sign in a field, or finds a line of a list. */
function isTyped({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="listbox"], [role="menu"]') !== null;
}

/** What a key asked of a device: to be on or off, and until when that is news. */
type Asked = Partial<Record<Device, { on: boolean; until: number }>>;

/** Says what became of that, once the engine has it: it may refuse. */
function useToldOnceDone(): { current: Asked } {
  const { t } = useTranslation('announce');
  const store = useMeetingStore();
  const announce = useAnnounce();
  const asked = useRef<Asked>({});
  useEffect(
    () =>
      store.subscribe(({ me }, before) => {
        for (const device of DEVICES) {
          const on = me[`${device}_on`];
          const wanted = asked.current[device];
          if (on === before.me[`${device}_on`] || wanted?.on !== on || performance.now() > wanted.until) continue;
          delete asked.current[device];
          announce({ kind: device, text: t(`${device}${on ? 'On' : 'Off'}`), politeness: 'assertive' });
        }
      }),
    [store, announce, t],
  );
  return asked;
}

/** Lets the keys of the catalogue work in the whole window. */
export function useShortcuts(): void {
  const { t } = useTranslation(['call', 'announce', 'policy']);
  const { shell } = useEngine();
  const store = useMeetingStore();
  const ui = useUiStore();
  const send = useSend();
  const doors = usePanelDoors();
  const announce = useAnnounce();
  const hush = useHush();
  const noCamera = useIsOff('DisableCamera');
  const who = useWhoText();
  const readState = useReadState();
  const openSettings = useOpenSettings();
  const beginShare = useBeginShare();
  const held = useRef<string | null>(null);
  const leaveAsked = useRef(Number.NEGATIVE_INFINITY);
  const asked = useToldOnceDone();

  // Nobody speaks on in another view.
  useEffect(() => () => hush(false), [hush]);
  useEffect(() => {
    const leave = () => {
      const now = performance.now();
      if (now - leaveAsked.current < CONFIRM_MS) {
        send({ kind: 'leave' });
        return;
      }
      leaveAsked.current = now;
      ui.setState({ leaveAsked: true });
      setTimeout(() => ui.setState({ leaveAsked: false }), CONFIRM_MS);
      announce({ kind: 'leave', text: t('call:leaveAsked'), politeness: 'assertive' });
    };
    /** Why a device cannot be turned on, where somebody has decided that. */
    const reservedText = (device: Device) => {
      if (device === 'camera' && noCamera) return `${t('policy:cameraOff')}. ${who('forbidden')}`;
      if (store.getState().phase.kind !== 'in_meeting' || can(`publish_${device}`)) return null;
      return t(device === 'camera' ? 'call:seeing.forbidden' : 'call:hearing.forbidden');
    };
    const turn = (device: Device) => {
      const on = !store.getState().me[`${device}_on`];
      // What is on can be turned off, whoever may turn it on.
      const reserved = on ? reservedText(device) : null;
      if (reserved !== null) {
        announce({ kind: device, text: reserved, politeness: 'assertive' });
        return;
      }
      asked.current[device] = { on, until: performance.now() + DONE_MS };
      send(device === 'camera' ? { kind: 'set_camera_on', on } : { kind: 'set_microphone_on', on });
    };
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
        if (!can('publish_screen')) return;
        if (store.getState().sharing.active === null) beginShare();
        else send({ kind: 'stop_share' });
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
    const keyDown = (event: KeyboardEvent) => {
      const shortcut = shortcutFor(event, shell.platform, shortcutsWith(store.getState().settings.shortcuts));
      if (shortcut === null || event.defaultPrevented || !inScope(shortcut.scope, store.getState().phase.kind)) return;
      if (shortcut.hold === true) {
        if (isTyped(event)) return;
        event.preventDefault();
        if (held.current !== null) return;
        held.current = event.key.toLowerCase();
      }
      // Esc closes a menu or a dialog by itself; it never leaves the call.
      if (shortcut.id === 'close' && document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return;
      event.preventDefault();
      if (!event.repeat) actions[shortcut.id]();
    };
    const release = () => {
      if (held.current === null) return;
      held.current = null;
      talk(false);
    };
    const keyUp = (event: KeyboardEvent) => event.key.toLowerCase() === held.current && release();
    window.addEventListener('keydown', keyDown);
    window.addEventListener('keyup', keyUp);
    // A key that is let go elsewhere is let go.
    window.addEventListener('blur', release);
    return () => {
      window.removeEventListener('keydown', keyDown);
      window.removeEventListener('keyup', keyUp);
      window.removeEventListener('blur', release);
    };
  });
}
