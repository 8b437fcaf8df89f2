import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimes } from '../calendar/times';
import { useWayText } from '../calendar/way-text';
import { useEngine, useMeetingStore } from '../engine/context';
import type { MeetingStore } from '../engine/store';
import { SoonTold } from './soon';

/** Milliseconds between two looks at the clock. */
const LOOK_MS = 10_000;

/** Views come and go with each phase; what was told holds for the window. */
const TOLD = new WeakMap<MeetingStore, SoonTold>();

function toldOf(store: MeetingStore): SoonTold {
  const told = TOLD.get(store) ?? new SoonTold();
  TOLD.set(store, told);
  return told;
}

/** Tells outside of the window of meetings that begin soon; the shell leaves out what is seen anyway. */
export function useSoon(): void {
  const { t } = useTranslation('notices');
  const words = useWayText();
  const { time } = useTimes();
  const engine = useEngine();
  const store = useMeetingStore();
  useEffect(() => {
    const look = () => {
      const { show, withdraw } = toldOf(store).look(store.getState(), Date.now());
      for (const kind of withdraw) void engine.withdrawNotice(kind).catch(() => undefined);
      const { settings, sharing } = store.getState();
      const wanted = settings.notices.soon && sharing.active === null ? show : [];
      for (const { kind, title, start, way } of wanted) {
        const command = { kind: 'offer' as const, text: way.text, direct: false, microphone_off: false, camera_off: false };
        const actions = [{ label: words.key(way), command, front: true }];
        void engine.notify({ kind, title: t('soon', { title, time: time(start) }), body: words.place(way), actions }).catch(() => undefined);
      }
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    const leave = store.subscribe((after, before) => {
      if (after.home.calendar !== before.home.calendar || after.phase !== before.phase) look();
    });
    return () => {
      clearInterval(timer);
      leave();
    };
    // `words` and `time` change with the language, as `t` does.
  }, [store, engine, t]);
}
