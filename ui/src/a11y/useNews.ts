import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeetingStore } from '../engine/context';
import { useAnnounce } from './Announcer';
import { newsToSpeak } from './choose';
import { newsBetween } from './news';

/** Says what changes in the meeting. */
export function useNews(): void {
  const { t } = useTranslation('announce');
  const store = useMeetingStore();
  const announce = useAnnounce();
  useEffect(
    () =>
      store.subscribe((after, before) => {
        const news = newsToSpeak(newsBetween(before, after), after.settings, after.room.capabilities.moderate);
        for (const { key, values, ...rest } of news) {
          const name = values['name'] === null ? t('somebody') : values['name'];
          const text = t(key, { ...values, name } as never) as unknown as string;
          announce({ ...rest, text });
        }
      }),
    [store, announce, t],
  );
}
