import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeetingStore } from '../engine/context';
import { noticesBetween } from './notices';
import { useSoon } from './useSoon';
import { isNoticeWanted } from './wanted';

/** What is seen with the window, and then told no longer. */
const SEEN_WITH_IT = ['message', 'hand'];

/** Tells outside of the window what somebody who looks elsewhere has to know; the shell leaves out what is seen anyway. */
export function useNotices(): void {
  useSoon();
  const { t } = useTranslation('notices');
  const engine = useEngine();
  const store = useMeetingStore();
  useEffect(() => {
    const shown = new Set<string>();
    const seen = () => {
      for (const kind of shown) void engine.withdrawNotice(kind).catch(() => undefined);
      shown.clear();
    };
    window.addEventListener('focus', seen);
    const leave = store.subscribe((after, before) => {
      const { show, withdraw } = noticesBetween(before, after);
      for (const kind of withdraw) void engine.withdrawNotice(kind).catch(() => undefined);
      // What is shared shows no notice to everybody.
      const wanted = after.sharing.active === null ? show : [];
      for (const { kind, key, values, room, said, actions } of wanted.filter((one) => isNoticeWanted(one, after.settings.notices))) {
        const title = t(key, values as never) as unknown as string;
        const buttons = actions.map((action) => ({ label: t(action.key), command: action.command }));
        const body = said === undefined ? room : t('messageText', said);
        if (SEEN_WITH_IT.includes(kind)) shown.add(kind);
        void engine.notify({ kind, title, body, actions: buttons }).catch(() => undefined);
      }
    });
    return () => {
      window.removeEventListener('focus', seen);
      leave();
    };
  }, [store, engine, t]);
}
