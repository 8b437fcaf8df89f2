import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimes } from '../calendar/times';
import { useEngine, useMeetingStore } from '../engine/context';
import { usePanelShown } from '../panels/shown';
import { useUiStore } from '../ui-state';
import { trayOf } from './tray';
import { Unread } from './unread';

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
  const ui = useUiStore();
  const { t: call } = useTranslation('call');
  const chat = usePanelShown('chat');
  const open = useRef(chat);
  const again = useRef(() => undefined as void);
  const [unread] = useState(() => new Unread());
  useEffect(() => {
    open.current = chat;
    again.current();
  }, [chat]);
  useEffect(() => {
    let told = '';
    const look = () => {
      const state = store.getState();
      const count = unread.look({ messages: state.messages, read: ui.getState().messageRead, open: open.current, looked: document.hasFocus() });
      const menu = trayOf(state, Date.now(), time, count);
      const words = ({ key, values }: { key: string; values?: Record<string, string> }) => t(key as 'idle', values as never) as unknown as string;
      const items = menu.entries.flatMap(({ text, does, line }) => {
        const titled = does.kind === 'settings' ? { ...does, title: settings('window') } : does.kind === 'doctor' ? { ...does, title: doctor('window') } : does;
        const item = { label: words(text), does: titled };
        return line ? [{ label: '', does: null }, item] : [item];
      });
      const view = { shape: menu.shape, title: menu.unread > 0 ? `${words(menu.title)}, ${call('unread', { count: menu.unread })}` : words(menu.title), items: items[0]?.label === '' ? items.slice(1) : items };
      const now = JSON.stringify(view);
      if (now === told) return;
      told = now;
      void engine.setTray(view).catch(() => undefined);
    };
    look();
    again.current = look;
    const timer = setInterval(look, LOOK_MS);
    const leave = store.subscribe((after, before) => {
      const same = after.phase === before.phase && after.me === before.me && after.together === before.together && after.room === before.room && after.messages === before.messages;
      if (!same || after.home !== before.home) look();
    });
    const leaveUi = ui.subscribe((after, before) => {
      if (after.messageRead !== before.messageRead) look();
    });
    window.addEventListener('focus', look);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', look);
      leaveUi();
      leave();
    };
    // `time` changes with the language, as `t` does.
  }, [store, engine, ui, unread, t, call, settings, doctor]);
}
