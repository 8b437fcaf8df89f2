import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';

/** Tells the shell, in the person's language, what keys from other applications do: the system's own dialog shows it. */
export function useKeyNames(): void {
  const { t } = useTranslation('shortcuts');
  const engine = useEngine();
  const microphone = t('microphone');
  const talk = t('talk');
  useEffect(() => {
    void engine.nameKeys({ microphone, talk });
  }, [engine, microphone, talk]);
}
