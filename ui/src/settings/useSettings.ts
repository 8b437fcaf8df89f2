import { useMeeting, useMeetingStore, useSend } from '../engine/context';
import type { Settings } from '../engine/contract';

/** What is set, and how to set: at once, and kept. */
export function useSettings(): { settings: Settings; change: (change: Partial<Settings>) => void } {
  const settings = useMeeting((state) => state.settings);
  const store = useMeetingStore();
  const send = useSend();
  return { settings, change: (change) => send({ kind: 'keep_settings', settings: { ...store.getState().settings, ...change } }) };
}
