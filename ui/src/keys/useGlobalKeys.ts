import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting } from '../engine/context';
import { useKeysText } from '../parts/useShortcutText';
import { clashesWith, type Everywhere } from '../shortcuts-own';
import { keysEverywhere, USUAL } from './everywhere';

export interface GlobalKeysText {
  /** How it stands, in a sentence, and what works no more for it; empty where nobody has asked the system and nothing is lost. */
  sentence: string;
  /** The keys that work from other applications, as they are printed; `null`: none do. */
  keys: { microphone: string; talk: string } | null;
  /** The same as keys, as far as they are known: in a meeting no window has them. */
  everywhere: Everywhere;
}

/** Keys that work from other applications, in the person's language. */
export function useGlobalKeys(): GlobalKeysText {
  const { t } = useTranslation(['settings', 'shortcuts']);
  const { shell } = useEngine();
  const print = useKeysText();
  const set = useMeeting((state) => state.settings.keys_everywhere);
  const own = useMeeting((state) => state.settings.shortcuts);
  const held = useMeeting((state) => state.global_keys);
  const everywhere = set ? keysEverywhere(held, shell.platform) : {};
  const lost = clashesWith(everywhere, own).map(({ id, keys }) => t('settings:globalKeys.clash', { keys: print(keys), name: t(`shortcuts:${id}`) }));
  const told = (first: string, keys: GlobalKeysText['keys'] = null) => ({ sentence: [first, ...lost].filter(Boolean).join(' '), keys, everywhere });
  if (!set || held.kind === 'unasked') return told('');
  if (held.kind === 'asking') return told(t('settings:globalKeys.asking'));
  if (held.kind === 'missing') return told(t(`settings:globalKeys.${held.why}`));
  if (held.kind === 'given' && held.microphone === null && held.talk === null) return told(t('settings:globalKeys.keyless'));
  const none = t('shortcuts:none');
  const keys = held.kind === 'usual' ? { microphone: print(USUAL.microphone), talk: print(USUAL.talk) } : { microphone: held.microphone ?? none, talk: held.talk ?? none };
  return told(t(`settings:globalKeys.${held.kind}`, keys), keys);
}
