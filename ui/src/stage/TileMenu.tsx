import { AppWindow, EyeOff, Move, Pin, PinOff } from 'lucide-react';
import { MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { usePersonItems } from '../panels/person-actions';
import { Menu, MenuItem, Popover } from '../parts/overlays';
import { CORNERS } from './corner';
import type { Corner } from './layout';
import type { Face } from './model';
import type { TileActions } from './Tile';
import { MenuKey } from './tile-parts';
import type { Closeness } from './useZoom';
import { useZoomItems } from './ZoomKeys';

interface Props {
  tileKey: string;
  face: Face;
  /** The name as it is shown. */
  name: string;
  pinned: boolean;
  /** Where we are cut into the large tile; `null` for all others. */
  corner: Corner | null;
  close: Closeness | null;
  open: boolean;
  onOpen: (open: boolean) => void;
  actions: TileActions;
}

/** What can be done with a tile. It is there while pointer or focus is: a page of tiles has no use for the items of all. */
export function TileMenu({ tileKey, face, name, pinned, corner, close, open, onOpen, actions }: Props) {
  const { t } = useTranslation('stage');
  const personItems = usePersonItems(face.id);
  const zoomItems = useZoomItems(close);
  const label = t('actionsFor', { name });
  return (
    <MenuTrigger isOpen={open} onOpenChange={onOpen}>
      <MenuKey label={label} />
      <Popover placement="bottom end">
        <Menu aria-label={label}>
          {face.kind === 'person' ? (
            personItems
          ) : (
            <MenuItem icon={pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />} keys="P" onAction={() => actions.pin(tileKey, face)}>
              {pinned ? t('unpin') : t('pin')}
            </MenuItem>
          )}
          {zoomItems}
          {face.kind === 'screen' ? (
            <MenuItem icon={<AppWindow aria-hidden="true" />} onAction={actions.toWindow}>
              {t('toWindow')}
            </MenuItem>
          ) : null}
          {face.kind === 'self' && corner !== null
            ? CORNERS.filter((one) => one !== corner).map((one) => (
                <MenuItem key={one} icon={<Move aria-hidden="true" />} onAction={() => actions.moveSelf(one)}>
                  {t('cornerItem', { where: t(`corner.${one}`) })}
                </MenuItem>
              ))
            : null}
          {face.kind === 'self' ? (
            <MenuItem icon={<EyeOff aria-hidden="true" />} onAction={actions.hideSelf}>
              {t('hideSelf')}
            </MenuItem>
          ) : null}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
