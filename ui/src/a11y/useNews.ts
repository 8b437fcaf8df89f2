import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeetingStore } from '../engine/context';
import { useAnnounce } from './Announcer';
import { newsBetween } from './news';

/** Says what changes in the meeting. */
export function useNews(): void {
  const { t } = useTranslation('announce');
  const store = useMeetingStore();
  const announce = useAnnounce();
  useEffect(
    () =>
      store.subscribe((after, before) => {
        const chatFocused = document.querySelector('[data-testid="panel-chat"]')?.contains(document.activeElement) ?? false;
        for (const { key, values, ...rest } of newsBetween(before, after, chatFocused)) {
          const text = t(key, values as never) as unknown as string;
          announce({ ...rest, text });
        }
      }),
    [store, announce, t],
  );
}
