import { Fullscreen, SquareEqual, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button, type ButtonProps } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { MenuItem } from '../parts/overlays';
import { Tip } from '../parts/Tip';
import { useCover } from './covers';
import style from './stage.module.css';
import { type Closeness, percentText } from './useZoom';

/** A tile narrower than this, in rem, has room for closer and farther alone. */
const ALL_FIT = 30;
/** One that is narrower than this has no room for any: the menu and the keyboard do the same. */
const SOME_FIT = 22;

/** Which keys a tile that is so wide, in rem, has room for. Pure. */
export function keysThatFit(width: number): 'all' | 'some' | null {
  return width >= ALL_FIT ? 'all' : width >= SOME_FIT ? 'some' : null;
}

/** Whether the key to a window of its own has its words, beside those keys, is a sign, or has no room: the menu has it too. Pure. */
export function windowKeyThatFits(width: number): 'words' | 'sign' | null {
  const words = { all: 36, some: 26, none: 16 }[keysThatFit(width) ?? 'none'];
  return width >= words ? 'words' : width >= 9 ? 'sign' : null;
}

interface Props {
  close: Closeness;
  /** In the bar above the picture. */
  bar?: boolean;
  all?: boolean;
  /** Signs alone, each with a tip. */
  signs?: boolean;
}

/** How closely shared content is looked at: over a corner of it while pointer or focus is there, or in the bar above it. */
export function ZoomKeys({ close, bar = false, all = true, signs = false }: Props) {
  const { t, i18n } = useTranslation('stage');
  const percent = percentText(close.percent / 100, i18n.language);
  const cover = useCover<HTMLDivElement>();
  const fit = { isDisabled: close.zoom === null, onPress: close.fit, 'data-testid': 'zoom-fit' };
  const full = { 'aria-label': t('zoom.fullLabel'), onPress: close.full, 'data-full': '', 'data-testid': 'zoom-full' };
  return (
    <div ref={bar ? null : cover} data-bar={bar || undefined} role="group" aria-label={t('zoom.label', { percent })} className={style.zoomKeys} data-testid="zoom-keys">
      <Sign tip={signs} name={t('zoom.out')} onPress={() => close.step(-1)} data-testid="zoom-out">
        <ZoomOut aria-hidden="true" />
      </Sign>
      <span className={style.percent} aria-hidden="true" data-testid="zoom-percent">
        {percent}
      </span>
      <Sign tip={signs} name={t('zoom.in')} onPress={() => close.step(1)} data-testid="zoom-in">
        <ZoomIn aria-hidden="true" />
      </Sign>
      {all && !signs && (
        <>
          <Button className={style.zoomKey ?? ''} {...full}>
            {percentText(1, i18n.language)}
          </Button>
          <Button className={style.zoomKey ?? ''} {...fit}>
            {t('zoom.fit')}
          </Button>
        </>
      )}
      {all && signs && (
        <>
          <Sign tip name={t('zoom.fullLabel')} {...full}>
            <SquareEqual aria-hidden="true" />
          </Sign>
          <Sign tip name={t('zoom.fitLabel')} {...fit} data-full="">
            <Fullscreen aria-hidden="true" />
          </Sign>
        </>
      )}
    </div>
  );
}

interface SignProps extends Omit<ButtonProps, 'className' | 'style' | 'aria-label'> {
  name: string;
  /** Its name is shown, too. */
  tip: boolean;
  'data-full'?: string;
  'data-testid'?: string;
}

/** A key without words. */
function Sign({ name, tip, ...rest }: SignProps) {
  const key = <Button {...rest} className={style.zoomKey ?? ''} aria-label={name} />;
  return tip ? <Tip text={name}>{key}</Tip> : key;
}

/** The same for the tile's menu, with the keys that do it. */
export function useZoomItems(close: Closeness | null): ReactElement[] | null {
  const { t } = useTranslation('stage');
  if (close === null) return null;
  return [
    <MenuItem key="in" icon={<ZoomIn aria-hidden="true" />} keys="+" onAction={() => close.step(1)}>
      {t('zoom.in')}
    </MenuItem>,
    <MenuItem key="out" icon={<ZoomOut aria-hidden="true" />} keys="-" onAction={() => close.step(-1)}>
      {t('zoom.out')}
    </MenuItem>,
    <MenuItem key="full" icon={<SquareEqual aria-hidden="true" />} keys="1" onAction={close.full}>
      {t('zoom.fullLabel')}
    </MenuItem>,
    <MenuItem key="fit" icon={<Fullscreen aria-hidden="true" />} keys="0" onAction={close.fit}>
      {t('zoom.fitLabel')}
    </MenuItem>,
  ];
}
