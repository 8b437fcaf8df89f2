import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { toggleFullScreen } from '../call/full-screen';
import { useReadState } from '../call/read-state';
import { useEngine, useMeetingStore, useSend } from '../engine/context';
import type { CapabilitySet } from '../engine/contract';
import { useOpenSettings } from '../settings/useOpenSettings';
import { useBeginShare } from '../sharing/useSharing';
import { type Shortcut, type ShortcutId, shortcutFor } from '../shortcuts';
import { shortcutsWith } from '../shortcuts-own';
import { togglePanel, useUiStore } from '../ui-state';
import { useAnnounce } from './Announcer';
import { cycleRegion, focusRegion } from './regions';

/** A second press within this time leaves, in milliseconds. */
const CONFIRM_MS = 5000;

function inScope(scope: Shortcut['scope'], phase: string): boolean {
  if (scope === 'everywhere' || phase === 'in_meeting') return true;
  return scope === 'devices' && (phase === 'pre_join' || phase === 'joining' || phase === 'lobby');
}

/** Whether the key is a sign in a field, or finds a line of a list. */
function isTyped({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="listbox"], [role="menu"]') !== null;
}

/** Lets the keys of the catalogue work in the whole window. */
export function useShortcuts(): void {
  const { t } = useTranslation(['call', 'announce']);
  const { shell } = useEngine();
  const store = useMeetingStore();
  const ui = useUiStore();
  const send = useSend();
  const announce = useAnnounce();
  const readState = useReadState();
  const openSettings = useOpenSettings();
  const beginShare = useBeginShare();
  const held = useRef<string | null>(null);

  useEffect(() => {
    let leaveAsked = Number.NEGATIVE_INFINITY;
    const leave = () => {
      const now = performance.now();
      if (now - leaveAsked < CONFIRM_MS) {
        send({ kind: 'leave' });
        return;
      }
      leaveAsked = now;
      ui.setState({ leaveAsked: true });
      setTimeout(() => ui.setState({ leaveAsked: false }), CONFIRM_MS);
      announce({ kind: 'leave', text: t('call:leaveAsked'), politeness: 'assertive' });
    };
    const turn = (device: 'microphone' | 'camera') => {
      const { me } = store.getState();
      const on = device === 'microphone' ? !me.microphone_on : !me.camera_on;
      send({ kind: device === 'microphone' ? 'set_microphone_on' : 'set_camera_on', on });
      const key = device === 'microphone' ? (on ? 'microphoneOn' : 'microphoneOff') : on ? 'cameraOn' : 'cameraOff';
      announce({ kind: device, text: t(`announce:${key}`), politeness: 'assertive' });
    };
    const turnPage = (step: number) => ui.setState((state) => ({ page: Math.max(0, state.page + step) }));
    const can = (what: keyof CapabilitySet) => store.getState().room.capabilities[what];
    const closeInnermost = () => {
      const last = ui.getState().panels.at(-1);
      if (last !== undefined) togglePanel(ui, last);
    };
    const actions: Record<ShortcutId, () => void> = {
      talk: () => send({ kind: 'talk', on: true }),
      microphone: () => turn('microphone'),
      camera: () => turn('camera'),
      chat: () => can('chat') && togglePanel(ui, 'chat'),
      people: () => togglePanel(ui, 'people'),
      hand: () => can('raise_hand') && send({ kind: 'raise_hand', up: store.getState().me.hand === null }),
      react: () => can('reactions') && ui.setState(({ reactionsOpen }) => ({ reactionsOpen: !reactionsOpen })),
      captions: () => can('captions') && send({ kind: 'set_captions', on: store.getState().together.captions === 'off' }),
      live: () => togglePanel(ui, 'live'),
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
      send({ kind: 'talk', on: false });
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
