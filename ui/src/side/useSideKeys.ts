import { useEffect } from 'react';
import { cycleRegion } from '../a11y/regions';
import { useEngine, useMeetingStore } from '../engine/context';
import { type ShortcutId, shortcutFor } from '../shortcuts';
import { shortcutsWith } from '../shortcuts-own';
import { useUiStore } from '../ui-state';

/** Lets keys of the catalogue work in a window beside the meeting: the next part, the one before, and the list of all. */
export function useSideKeys(): void {
  const { shell } = useEngine();
  const store = useMeetingStore();
  const ui = useUiStore();
  useEffect(() => {
    const actions: Partial<Record<ShortcutId, () => void>> = {
      nextRegion: () => cycleRegion(false),
      previousRegion: () => cycleRegion(true),
      shortcuts: () => ui.setState({ shortcutsOpen: true }),
    };
    const keyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('[role="dialog"]') !== null) return;
      const shortcut = shortcutFor(event, shell.platform, shortcutsWith(store.getState().settings.shortcuts));
      const act = shortcut === null ? undefined : actions[shortcut.id];
      if (act === undefined) return;
      event.preventDefault();
      if (!event.repeat) act();
    };
    window.addEventListener('keydown', keyDown);
    return () => window.removeEventListener('keydown', keyDown);
  });
}
