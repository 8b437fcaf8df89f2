import { useEffect } from 'react';
import { useMeetingStore } from '../engine/context';
import type { LiveLine } from '../engine/contract';
import { offerPanel, useUiStore } from '../ui-state';
import { panelsThatFit } from './shown';

const keyOf = ({ author, id }: LiveLine) => `${author} ${id}`;

/**
 * Opens the panel of live text when somebody else begins a line, for whoever set that.
 *
 * Whoever closes it meanwhile is asked again by the next line only.
 */
export function useLiveOpens(): void {
  const store = useMeetingStore();
  const ui = useUiStore();
  useEffect(() => {
    const known = new Set(store.getState().live_text.lines.map(keyOf));
    return store.subscribe(({ live_text, settings }, before) => {
      if (live_text === before.live_text) return;
      const begun = live_text.lines.filter((line) => line.author !== null && !known.has(keyOf(line)));
      for (const line of begun) known.add(keyOf(line));
      if (begun.length > 0 && settings.live_opens) offerPanel(ui, 'live', panelsThatFit());
    });
  }, [store, ui]);
}
