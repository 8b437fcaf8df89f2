import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';
import { type KeyNames, printKeys, type ShortcutId } from '../shortcuts';

/** Prints the keys of a shortcut in the user's language. */
export function useShortcutText(): (id: ShortcutId) => string {
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
  };
  return (id) => printKeys(id, names, shell.platform);
}
