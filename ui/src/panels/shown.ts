import { useEffect, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useMeeting, useMeetingStore } from '../engine/context';
import type { Snapshot } from '../engine/contract';
import { rem } from '../parts/useSize';
import { openPanel, type PanelName, togglePanel, useUi, useUiStore } from '../ui-state';

/** Below this width of the window, in rem, there is one panel at a time. */
const ONE_PANEL_REM = 60;
/** So many are seen at once elsewhere; the one asked for first gives way. */
const MOST = 2;

/** There is something to tell of the meeting, or to set. */
export function hasMeetingPanel({ together, room }: Pick<Snapshot, 'together' | 'room'>): boolean {
  return together.invitation !== null || room.capabilities.moderate;
}

/**
 * The panels that are seen, out of those that are open: the ones asked for last, as many as fit. Pure.
 *
 * Nobody sees one that another covers: to whoever asks, it is not open.
 */
export function shownPanels(panels: readonly PanelName[], meeting: Pick<Snapshot, 'together' | 'room'>, most: number): PanelName[] {
  const may = (name: PanelName) => (name !== 'chat' || meeting.room.capabilities.chat) && (name !== 'meeting' || hasMeetingPanel(meeting));
  return panels.filter(may).slice(-most);
}

/** How many panels fit beside one another now. */
export function panelsThatFit(): number {
  return window.innerWidth / rem() < ONE_PANEL_REM ? 1 : MOST;
}

/** The same, followed. */
export function usePanelsThatFit(): number {
  // No media query: it does not know the size of texts that was set.
  const [most, setMost] = useState(panelsThatFit);
  useEffect(() => {
    const changed = () => setMost(panelsThatFit());
    // The size of texts may have been put on since.
    changed();
    window.addEventListener('resize', changed);
    return () => window.removeEventListener('resize', changed);
  }, []);
  return most;
}

/** The panels that are seen, in the order in which they were asked for. */
export function useShownPanels(): PanelName[] {
  const panels = useUi((state) => state.panels);
  const most = usePanelsThatFit();
  // Room and people change all the time, and this seldom.
  return useMeeting(useShallow((state) => shownPanels(panels, state, most)));
}

/** Whether a panel is seen. */
export function usePanelShown(name: PanelName): boolean {
  const panels = useUi((state) => state.panels);
  const most = usePanelsThatFit();
  return useMeeting((state) => shownPanels(panels, state, most).includes(name));
}

/** Opens and closes panels, for whoever presses a key; nothing is rendered for it. */
export function usePanelDoors() {
  const ui = useUiStore();
  const store = useMeetingStore();
  const seen = () => shownPanels(ui.getState().panels, store.getState(), panelsThatFit());
  return {
    seen,
    toggle: (name: PanelName) => togglePanel(ui, name, seen()),
    open: (name: PanelName) => openPanel(ui, name, seen()),
  };
}
