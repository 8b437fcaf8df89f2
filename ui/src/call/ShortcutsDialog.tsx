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
      <div className={style.shortcuts}>
        <table role="table" className={style.shortcutTable}>
          <tbody role="rowgroup">
            {SHORTCUTS.map(({ id }) => (
              <tr role="row" key={id}>
                <th role="rowheader" scope="row">{t(id)}</th>
                <td role="cell">
                  {keys(id) === '' ? t('none') : <kbd className={parts.kbd}>{keys(id)}</kbd>}
                </td>
              </tr>
            ))}
          </tbody>
          {elsewhere !== null && (
            <tbody role="rowgroup" data-testid="keys-elsewhere">
              <tr role="row">
                <th role="rowheader" scope="rowgroup" colSpan={2} className={style.shortcutGroup}>
                  {t('elsewhere')}
                </th>
              </tr>
              {(['microphone', 'talk'] as const).map((id) => (
                <tr role="row" key={id}>
                  <th role="rowheader" scope="row">{t(id)}</th>
                  <td role="cell">
                    <kbd className={parts.kbd}>{elsewhere[id]}</kbd>
                  </td>
                </tr>
              ))}
            </tbody>
          )}
          <tbody role="rowgroup">
            <tr role="row">
              <th role="rowheader" scope="rowgroup" colSpan={2} className={style.shortcutGroup}>
                {t('onTile')}
              </th>
            </tr>
            {TILE_KEYS.map((id) => (
              <tr role="row" key={id}>
                <th role="rowheader" scope="row">{t(id)}</th>
                <td role="cell">
                  <kbd className={parts.kbd}>{t(`tileKeys.${id}`)}</kbd>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
