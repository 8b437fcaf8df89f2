import { useEffect, useRef } from 'react';
import { useEngine, useMeetingStore } from '../engine/context';
import { type Shortcut, type ShortcutId, shortcutFor } from '../shortcuts';
import { shortcutsWith } from '../shortcuts-own';
import { endsHold, type Hold, holdOf } from './hold';

function inScope(scope: Shortcut['scope'], phase: string): boolean {
  if (scope === 'everywhere' || phase === 'in_meeting') return true;
  return scope === 'devices' && (phase === 'pre_join' || phase === 'joining' || phase === 'lobby');
}

/** Whether the key is a sign in a field, or finds a line of a list. */
function isTyped({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="listbox"], [role="menu"]') !== null;
}

/** Lets keys of the catalogue do `actions` in the whole window; those without one are left alone. `letGo`: what was held is held no more. */
export function useKeys(actions: Partial<Record<ShortcutId, (press: KeyboardEvent) => void>>, letGo: () => void): void {
  const { shell } = useEngine();
  const store = useMeetingStore();
  const held = useRef<Hold | null>(null);
  useEffect(() => {
    const keyDown = (event: KeyboardEvent) => {
      const shortcut = shortcutFor(event, shell.platform, shortcutsWith(store.getState().settings.shortcuts));
      if (shortcut === null || event.defaultPrevented || !inScope(shortcut.scope, store.getState().phase.kind)) return;
      const act = actions[shortcut.id];
      if (act === undefined) return;
      if (shortcut.hold === true) {
        if (isTyped(event)) return;
        event.preventDefault();
        if (held.current !== null) return;
        held.current = holdOf(event);
      }
      // Esc closes a menu or a dialog by itself; it never leaves the call.
      if (shortcut.id === 'close' && document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return;
      event.preventDefault();
      if (!event.repeat) act(event);
    };
    const release = () => {
      if (held.current === null) return;
      held.current = null;
      letGo();
    };
    const keyUp = (event: KeyboardEvent) => held.current !== null && endsHold(held.current, event) && release();
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
