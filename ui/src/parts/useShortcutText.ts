import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting } from '../engine/context';
import { type KeyNames, type Keys, printKeys, type ShortcutId } from '../shortcuts';
import { shortcutsWith } from '../shortcuts-own';

/** Prints keys in the user's language. */
export function useKeysText(): (keys: Keys | undefined) => string {
  const { t } = useTranslation();
  const { shell } = useEngine();
  const names: KeyNames = {
    ctrl: t('key.ctrl'),
    cmd: t('key.cmd'),
    shift: t('key.shift'),
    alt: t('key.alt'),
    escape: t('key.escape'),
    pageUp: t('key.pageUp'),
    pageDown: t('key.pageDown'),
    space: t('key.space'),
  };
  return (keys) => printKeys(keys, names, shell.platform);
}

/** Prints the keys of a shortcut as they are set; empty where it has none. */
export function useShortcutText(): (id: ShortcutId) => string {
  const print = useKeysText();
  const own = useMeeting((state) => state.settings.shortcuts);
  const shortcuts = shortcutsWith(own);
  return (id) => print(shortcuts.find((shortcut) => shortcut.id === id)?.keys[0]);
}
