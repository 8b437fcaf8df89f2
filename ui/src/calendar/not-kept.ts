import { useEffect } from 'react';
import { useAnnounce } from '../a11y/Announcer';
import { useEngine, useMeeting } from '../engine/context';
import type { Engine } from '../engine/engine';
import { useNotKept } from './fault';

interface Connecting {
  /** What was read when it began. */
  read_at: number | null;
  /** What has been connected, once it is. */
  place?: string;
}

/** Windows that connect a calendar. The keyring may ask its person meanwhile, and each phase and page has its own view: this outlives them. */
const connecting = new WeakMap<Engine, Connecting>();

/** What this window connects from now on is told of where its password is not kept. */
export function awaitKept(engine: Engine, read_at: number | null): void {
  connecting.set(engine, { read_at });
}

/** What was being connected is given up. */
export function forgetKept(engine: Engine): void {
  connecting.delete(engine);
}

/** Says once where a calendar was connected that no keyring keeps its password: that turns out a moment later, wherever the window is then. */
export function useSayNotKept(): void {
  const engine = useEngine();
  const announce = useAnnounce();
  const text = useNotKept();
  const read_at = useMeeting((state) => state.home.calendar.read_at);
  const attempt = useMeeting((state) => state.home.calendar.attempt.kind);
  const place = useMeeting(({ home: { calendar } }) => (calendar.place === null ? null : `${calendar.place.address} ${calendar.place.user}`));
  useEffect(() => {
    const ours = connecting.get(engine);
    // Until then it is said of the calendar before.
    if (ours === undefined || place === null || attempt !== 'none' || read_at === ours.read_at) return;
    ours.place ??= place;
    // One that came after it is another window's.
    if (ours.place === place && text === null) return;
    connecting.delete(engine);
    if (ours.place === place && text !== null) announce({ kind: 'calendar-not-kept', text, politeness: 'polite' });
  }, [engine, announce, text, read_at, attempt, place]);
}
