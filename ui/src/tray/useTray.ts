import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimes } from '../calendar/times';
import { useEngine, useMeetingStore } from '../engine/context';
import { trayOf } from './tray';

/** Milliseconds between two looks at the clock. */
const LOOK_MS = 30_000;

/** Keeps the tray as things are, in the person's language. */
export function useTray(): void {
  const { t } = useTranslation('tray');
  const { t: settings } = useTranslation('settings');
  const { t: doctor } = useTranslation('doctor');
  const { time } = useTimes();
  const engine = useEngine();
  const store = useMeetingStore();
  useEffect(() => {
    let told = '';
    const look = () => {
      const menu = trayOf(store.getState(), Date.now(), time);
      const words = ({ key, values }: { key: string; values?: Record<string, string> }) => t(key as 'idle', values as never) as unknown as string;
      const items = menu.entries.flatMap(({ text, does, line }) => {
        const titled = does.kind === 'settings' ? { ...does, title: settings('window') } : does.kind === 'doctor' ? { ...does, title: doctor('window') } : does;
        const item = { label: words(text), does: titled };
        return line ? [{ label: '', does: null }, item] : [item];
      });
      const view = { shape: menu.shape, title: words(menu.title), items: items[0]?.label === '' ? items.slice(1) : items };
      const now = JSON.stringify(view);
      if (now === told) return;
      told = now;
      void engine.setTray(view).catch(() => undefined);
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    const leave = store.subscribe((after, before) => {
      const same = after.phase === before.phase && after.me === before.me && after.together === before.together && after.room === before.room;
      if (!same || after.home !== before.home) look();
    });
    return () => {
      clearInterval(timer);
      leave();
    };
    // `time` changes with the language, as `t` does.
  }, [store, engine, t, settings, doctor]);
}
