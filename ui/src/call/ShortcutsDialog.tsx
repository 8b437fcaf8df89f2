import { useTranslation } from 'react-i18next';
import { useGlobalKeys } from '../keys/useGlobalKeys';
import { Dialog } from '../parts/overlays';
import parts from '../parts/parts.module.css';
import { useShortcutText } from '../parts/useShortcutText';
import { SHORTCUTS, TILE_KEYS } from '../shortcuts';
import { useUi, useUiStore } from '../ui-state';
import style from './call.module.css';

/** All shortcuts, from the catalogue. */
export function ShortcutsDialog() {
  const { t } = useTranslation('shortcuts');
  const ui = useUiStore();
  const open = useUi((state) => state.shortcutsOpen);
  const keys = useShortcutText();
  const { keys: elsewhere } = useGlobalKeys();
  return (
    <Dialog title={t('title')} isOpen={open} onOpenChange={(isOpen) => ui.setState({ shortcutsOpen: isOpen })}>
      <table className={style.shortcutTable}>
        <tbody>
          {SHORTCUTS.map(({ id }) => (
            <tr key={id}>
              <th scope="row">{t(id)}</th>
              <td>
                {keys(id) === '' ? t('none') : <kbd className={parts.kbd}>{keys(id)}</kbd>}
              </td>
            </tr>
          ))}
        </tbody>
        {elsewhere !== null && (
          <tbody data-testid="keys-elsewhere">
            <tr>
              <th scope="rowgroup" colSpan={2} className={style.shortcutGroup}>
                {t('elsewhere')}
              </th>
            </tr>
            {(['microphone', 'talk'] as const).map((id) => (
              <tr key={id}>
                <th scope="row">{t(id)}</th>
                <td>
                  <kbd className={parts.kbd}>{elsewhere[id]}</kbd>
                </td>
              </tr>
            ))}
          </tbody>
        )}
        <tbody>
          <tr>
            <th scope="rowgroup" colSpan={2} className={style.shortcutGroup}>
              {t('onTile')}
            </th>
          </tr>
          {TILE_KEYS.map((id) => (
            <tr key={id}>
              <th scope="row">{t(id)}</th>
              <td>
                <kbd className={parts.kbd}>{t(`tileKeys.${id}`)}</kbd>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
