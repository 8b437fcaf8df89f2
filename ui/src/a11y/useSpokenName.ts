import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { spokenName } from './choose';

/** Whom to name in what is said aloud, as it is set: *Somebody* where names are not to be spoken. */
export function useSpokenName(): (name: string) => string {
  const { t } = useTranslation('announce');
  const how = useMeeting((state) => state.settings.spoken_name);
  return useCallback((name: string) => spokenName(name, how) ?? t('somebody'), [how, t]);
}
