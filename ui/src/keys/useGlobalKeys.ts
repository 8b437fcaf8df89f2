import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { useKeysText } from '../parts/useShortcutText';
import type { Keys } from '../shortcuts';

/** What the shell takes where it may choose itself. */
const USUAL: Record<'microphone' | 'talk', Keys> = { microphone: { key: 'd', mod: true, shift: true }, talk: { key: ' ', mod: true, shift: true } };

export interface GlobalKeysText {
  /** How it stands, in a sentence; empty where nobody has asked the system. */
  sentence: string;
  /** The keys that work from other applications, as they are printed; `null`: none do. */
  keys: { microphone: string; talk: string } | null;
}

/** Keys that work from other applications, in the person's language. */
export function useGlobalKeys(): GlobalKeysText {
  const { t } = useTranslation(['settings', 'shortcuts']);
  const print = useKeysText();
  const set = useMeeting((state) => state.settings.keys_everywhere);
  const held = useMeeting((state) => state.global_keys);
  if (!set || held.kind === 'unasked') return { sentence: '', keys: null };
  if (held.kind === 'asking') return { sentence: t('settings:globalKeys.asking'), keys: null };
  if (held.kind === 'missing') return { sentence: t(`settings:globalKeys.${held.why}`), keys: null };
  if (held.kind === 'given' && held.microphone === null && held.talk === null) return { sentence: t('settings:globalKeys.keyless'), keys: null };
  const none = t('shortcuts:none');
  const keys = held.kind === 'usual' ? { microphone: print(USUAL.microphone), talk: print(USUAL.talk) } : { microphone: held.microphone ?? none, talk: held.talk ?? none };
  return { sentence: t(`settings:globalKeys.${held.kind}`, keys), keys };
}
