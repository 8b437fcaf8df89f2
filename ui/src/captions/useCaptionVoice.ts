import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useSpokenName } from '../a11y/useSpokenName';
import { useMeeting } from '../engine/context';
import { captionsToSpeak } from './look';

/** Gives finished captions to the screen reader of whoever wants that: deafblind people read them in braille. */
export function useCaptionVoice(): void {
  const { t } = useTranslation('together');
  const announce = useAnnounce();
  const called = useSpokenName();
  const wanted = useMeeting((state) => state.settings.captions.spoken && state.together.captions !== 'off');
  const captions = useMeeting((state) => state.captions);
  const spoken = useRef<Map<string, string> | null>(null);
  useEffect(() => {
    if (!wanted) {
      spoken.current = null;
      return;
    }
    const isFirst = spoken.current === null;
    const next = captionsToSpeak(captions, (spoken.current ??= new Map()));
    // What was said before somebody asked for it stays in the history.
    if (isFirst) return;
    for (const { id, name, text } of next) {
      announce({ kind: `caption ${id}`, text: t('caption.spoken', { name: name === '' ? t('caption.unknown') : called(name), text }), politeness: 'polite', keep: true });
    }
  }, [announce, called, captions, t, wanted]);
}
