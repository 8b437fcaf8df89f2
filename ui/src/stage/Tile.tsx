import type { TFunction } from 'i18next';
import { Hand, Pin, RefreshCw, WifiHigh } from 'lucide-react';
import { type KeyboardEvent, memo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { Avatar } from '../parts/Avatar';
import { Drawn } from '../parts/Drawn';
import { rem } from '../parts/useSize';
import type { Merged } from '../together/reactions';
import { useCover, useStageTile } from './covers';
import type { Corner } from './layout';
import type { Face } from './model';
import { useNotchDrag } from './Notch';
import style from './stage.module.css';
import { Flag, Message, Picture, Plate, RestartKey, Ring, WindowKey } from './tile-parts';
import { TileMenu } from './TileMenu';
import { useZoom } from './useZoom';
import type { Zoom } from './zoom';
import { keysThatFit, windowKeyThatFits, ZoomKeys } from './ZoomKeys';

/** Corner radius, CSS pixels, as the token says. */
const RADIUS = 12;

export interface TileActions {
  pin(key: string, face: Face): void;
  /** Shows who somebody is. */
  who(id: string): void;
  /** Shows what is shared in a window of its own. */
  toWindow(): void;
  hideSelf(): void;
  focused(key: string): void;
  moveSelf(corner: Corner): void;
  /** The pointer drags the own picture, in pixels of the window. */
  dragSelf(x: number, y: number): void;
  zoom(track: string, zoom: Zoom | null): void;
}

interface Props {
  tileKey: string;
  face: Face;
  x: number;
  y: number;
  w: number;
  h: number;
  /** Where we are cut into the large tile; `null` for all others. */
  corner: Corner | null;
  /** Hands that speak: uncropped and smooth, with the name above them. */
  signer: boolean;
  /** Speaking rings are for three people and more. */
  rings: boolean;
  pinned: boolean;
  /** What is thrown from here now, by kind. */
  reactions: readonly Merged[];
  /** Our own connection is down: the last picture stays under a soft veil. */
  veiled: boolean;
  /** How closely shared content is looked at. */
  zoom: Zoom | null;
  /** A bar above the stage has its name and its keys: nothing of them lies over the picture. */
  bar: boolean;
  /** The one tile that Tab reaches. */
  tabbable: boolean;
  actions: TileActions;
}

/** A rectangle over video that knows its name and state: focusable and labelled. */
export const Tile = memo(function Tile(props: Props) {
  const { tileKey, face, x, y, w, h, corner, signer, rings, pinned, reactions, veiled, zoom, bar, tabbable, actions } = props;
  const { t } = useTranslation(['stage', 'common']);
  const ref = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const [menuOpen, setMenuOpen] = useState(false);
  const notch = corner !== null;
  const whole = face.kind === 'screen' || signer;
  const cover = useCover<HTMLDivElement>();
  const mirror = useMeeting((state) => state.settings.mirror);
  const drag = useNotchDrag(actions.dragSelf);
  const still = face.video !== 'showing' && face.video !== 'paused' && face.video !== 'stopped';
  const ring = rings && face.speaking;

  const close = useZoom({ ref, w, h, picture: face.kind === 'screen' ? face.picture : null, zoom, onZoom: (next) => face.track !== null && actions.zoom(face.track, next) });

  useStageTile(
    ref,
    face.track === null
      ? null
      : {
          track: face.track,
          fit: whole ? 'contain' : 'cover',
          mirrored: face.kind === 'self' && mirror,
          radius: RADIUS,
          veiled: veiled || face.reconnecting,
          smooth: signer,
          layer: notch ? 1 : 0,
          ...close?.spec,
        },
  );

  const name = faceName(face, t);
  const zoomKeys = keysThatFit(w / rem());
  const windowKey = windowKeyThatFits(w / rem());
  const keyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    if (close?.key(event) === true) {
      // Arrows go from tile to tile only where they do not move the picture.
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault();
      setMenuOpen(true);
    } else if (event.key.toLowerCase() === 'p' && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey) {
      actions.pin(tileKey, face);
    }
  };

  return (
    <div
      ref={ref}
      role="group"
      aria-label={faceLabel(face, name, pinned, signer, t)}
      tabIndex={tabbable ? 0 : -1}
      className={style.tile}
      style={{ left: x, top: y, width: w, height: h }}
      data-notch={notch || undefined}
      data-corner={corner ?? undefined}
      data-signer={signer || undefined}
      data-contain={whole || undefined}
      data-zoomed={(close !== null && close.zoom !== null) || undefined}
      data-pan={close?.pannable || undefined}
      aria-keyshortcuts={notch ? 'Shift+ArrowUp Shift+ArrowDown Shift+ArrowLeft Shift+ArrowRight' : close !== null ? 'Plus - 0 1' : undefined}
      data-ring={ring || undefined}
      data-still={still || undefined}
      data-testid="tile"
      data-tile={tileKey}
      data-kin={face.kind === 'screen' ? 'share-window' : undefined}
      data-participant={face.id}
      data-track={face.track ?? ''}
      data-video={face.video}
      onKeyDown={keyDown}
      onFocus={() => {
        setFocused(true);
        actions.focused(tileKey);
      }}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setFocused(false)}
      {...(notch ? drag : close?.drag)}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
    >
      {face.track !== null && !still && <Picture track={face.track} box={close?.box ?? null} />}
      {still && (
        // Over another's picture it is the page that draws here.
        <div className={style.middle} {...(notch ? { ref: cover } : {})}>
          <Avatar id={face.id} name={face.name} className={style.avatar} />
        </div>
      )}
      {veiled && <div className={style.veil} data-soft="" />}
      {face.reconnecting && !veiled && (
        <>
          <div className={style.veil} />
          <Message>
            <RefreshCw aria-hidden="true" />
            {t('stage:reconnecting')}
          </Message>
        </>
      )}
      {face.video === 'stopped' && !face.reconnecting && (
        <Message>
          {t('stage:stopped')}
          <RestartKey id={face.id} name={name} />
        </Message>
      )}
      {ring && <Ring edge={6} className={style.ring} />}
      {focused && <Ring edge={6} className={style.focusRing} />}
      {!bar && <Plate face={face} name={name} notch={notch} signer={signer} reactions={reactions} onWho={face.kind === 'person' ? actions.who : undefined} />}
      {face.hand !== null && (
        <div className={style.topLeft}>
          <Flag kind="hand">
            <Hand aria-hidden="true" />
            <Drawn text={String(face.hand)} />
          </Flag>
        </div>
      )}
      <div className={style.topRight}>
        {face.weak && !face.reconnecting && (
          <Flag kind="net">
            <WifiHigh aria-hidden="true" />
            <Drawn text={t('stage:weak')} />
          </Flag>
        )}
        {face.video === 'paused' && !face.weak && (
          <Flag kind="net">
            <WifiHigh aria-hidden="true" />
            <Drawn text={t('stage:paused')} />
          </Flag>
        )}
        {pinned && (
          <Flag kind="pin">
            <Pin aria-hidden="true" />
          </Flag>
        )}
        {(hovered || focused || menuOpen) && !bar && close !== null && zoomKeys !== null && <ZoomKeys close={close} all={zoomKeys === 'all'} />}
        {(hovered || focused || menuOpen) && !bar && face.kind === 'screen' && windowKey !== null && <WindowKey words={windowKey === 'words'} onPress={actions.toWindow} />}
        {(hovered || focused || menuOpen) && (
          <TileMenu tileKey={tileKey} face={face} name={name} pinned={pinned} corner={corner} close={close} open={menuOpen} onOpen={setMenuOpen} actions={actions} />
        )}
      </div>
    </div>
  );
});

/** Handed down: a page of tiles that each look for their texts several times is slow. */
type Texts = TFunction<['stage', 'common']>;

/** The name as it is shown. */
function faceName(face: Face, t: Texts): string {
  if (face.kind === 'self') return t('common:you');
  return face.kind === 'screen' ? t('stage:screenOf', { name: face.name }) : face.name;
}

/** Everything that the tile shows, in words. */
function faceLabel(face: Face, name: string, pinned: boolean, signer: boolean, t: Texts): string {
  const parts = [name];
  if (signer) parts.push(t('tag.interpreter'));
  if (face.tag !== null) parts.push(t(`tag.${face.tag}`));
  if (face.speaking) parts.push(t('speaking'));
  if (face.muted && face.kind !== 'screen') parts.push(t('muted'));
  if (face.video === 'none') parts.push(t('noVideo'));
  if (face.video === 'coming') parts.push(t('videoComing'));
  if (face.video === 'stopped') parts.push(t('stopped'));
  if (face.weak) parts.push(t('weak'));
  else if (face.video === 'paused') parts.push(t('paused'));
  if (face.reconnecting) parts.push(t('reconnecting'));
  if (face.hand !== null) parts.push(t('hand', { rank: face.hand }));
  if (pinned) parts.push(t('pinned'));
  return parts.join(', ');
}
