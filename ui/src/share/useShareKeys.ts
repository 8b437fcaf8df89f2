import { useEffect, useRef, useState } from 'react';
import { useHush } from '../a11y/Announcer';
import { cycleRegion } from '../a11y/regions';
import { useKeys } from '../a11y/useKeys';
import { useOnceLetGo } from '../a11y/useOnceLetGo';
import { type Device, useTurnDevice } from '../a11y/useTurnDevice';
import { useReadState } from '../call/read-state';
import { useEngine, useMeeting, useMeetingStore, useSend } from '../engine/context';
import type { ShortcutId } from '../shortcuts';

/** What a key was about, or why it did nothing. */
export type Told = { kind: 'hearing' | 'seeing' | 'leave' } | { kind: 'hand'; up: boolean } | { kind: 'reserved'; text: string };

/** It stays on screen for so long after its key, in milliseconds. */
const SHOWN_MS = 5000;

/**
 * Lets the keys of a meeting work in the window of the shared content: nobody looks for another window to fall silent. Whether to leave is
 * asked in the meeting's own window, which comes to the front once the key is let go: held on, it would answer there.
 *
 * Returns what to show of it: this window has no toolbar that would.
 */
export function useShareKeys(): Told | null {
  const engine = useEngine();
  const store = useMeetingStore();
  const send = useSend();
  const hush = useHush();
  const readState = useReadState();
  // Where the shell speaks for the page, it does so for all windows.
  const turn = useTurnDevice(engine.shell.announces);
  const onceLetGo = useOnceLetGo();
  const handUp = useMeeting(({ me }) => me.hand !== null);
  const [told, setTold] = useState<Told | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const show = (what: Told, held = false) => {
    clearTimeout(timer.current);
    setTold(what);
    if (!held) timer.current = setTimeout(() => setTold(null), SHOWN_MS);
  };
  const device = (which: Device) => {
    const reserved = turn(which);
    show(reserved === null ? { kind: which === 'camera' ? 'seeing' : 'hearing' } : { kind: 'reserved', text: reserved });
  };
  const talk = (on: boolean) => {
    hush(on);
    send({ kind: 'talk', on });
    show({ kind: 'hearing' }, on);
  };
  const actions: Partial<Record<ShortcutId, (press: KeyboardEvent) => void>> = {
    talk: () => talk(true),
    microphone: () => device('microphone'),
    camera: () => device('camera'),
    hand: () => {
      const { room, me } = store.getState();
      if (!room.capabilities.raise_hand) return;
      const up = me.hand === null;
      send({ kind: 'raise_hand', up });
      show({ kind: 'hand', up });
    },
    leave: (press) =>
      onceLetGo(press, () => {
        // Some desktops do not give the front: the question is read here then.
        show({ kind: 'leave' });
        void engine.showMain(true).catch(() => undefined);
      }),
    readState,
    nextRegion: () => cycleRegion(false),
    previousRegion: () => cycleRegion(true),
  };
  useKeys(actions, () => talk(false));
  // The server says whether the hand is up: until then the line would say the opposite of what was asked.
  return told?.kind === 'hand' && told.up !== handUp ? null : told;
}
