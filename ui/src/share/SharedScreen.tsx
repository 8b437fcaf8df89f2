import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../parts/Avatar';
import { useStageTile } from '../stage/covers';
import type { Box } from '../stage/layout';
import type { Face } from '../stage/model';
import stage from '../stage/stage.module.css';
import { Message, Picture, Plate, RestartKey, Ring } from '../stage/tile-parts';
import { useZoom } from '../stage/useZoom';
import type { Zoom } from '../stage/zoom';
import { ZoomKeys } from '../stage/ZoomKeys';

interface Props {
  face: Face;
  box: Box;
  veiled: boolean;
  zoom: Zoom | null;
  onZoom: (zoom: Zoom | null) => void;
}

/** One shared screen in the window of its own. */
export function SharedScreen({ face, box, veiled, zoom, onZoom }: Props) {
  const { t } = useTranslation('stage');
  const ref = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const still = face.video === 'coming';
  const name = t('screenOf', { name: face.name });
  const close = useZoom({ ref, w: box.w, h: box.h, picture: face.picture, zoom, onZoom });
  useStageTile(
    ref,
    face.track === null
      ? null
      : { track: face.track, fit: 'contain', mirrored: false, radius: 0, veiled: veiled || face.reconnecting, smooth: false, layer: 0, ...close?.spec },
  );
  const keyDown = (event: KeyboardEvent) => {
    if (event.target === event.currentTarget && close?.key(event) === true) event.preventDefault();
  };
  return (
    <div
      ref={ref}
      role="group"
      aria-label={face.video === 'stopped' ? `${name}, ${t('stopped')}` : name}
      aria-keyshortcuts={close === null ? undefined : 'Plus - 0 1'}
      tabIndex={0}
      className={stage.tile}
      style={{ left: box.x, top: box.y, width: box.w, height: box.h }}
      data-contain
      data-zoomed={(close !== null && close.zoom !== null) || undefined}
      data-pan={close?.pannable || undefined}
      data-still={still || undefined}
      data-testid="tile"
      data-participant={face.id}
      data-video={face.video}
      onKeyDown={keyDown}
      onFocus={() => setFocused(true)}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setFocused(false)}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      {...close?.drag}
    >
      {face.track !== null && !still && <Picture track={face.track} box={close?.box ?? null} />}
      {still && (
        <div className={stage.middle}>
          <Avatar id={face.id} name={face.name} className={stage.avatar} />
        </div>
      )}
      {face.video === 'stopped' && (
        <Message>
          {t('stopped')}
          <RestartKey id={face.id} name={name} />
        </Message>
      )}
      {focused && <Ring edge={6} className={stage.focusRing} />}
      {(hovered || focused) && close !== null && (
        <div className={stage.topRight}>
          <ZoomKeys close={close} />
        </div>
      )}
      <Plate face={face} name={name} />
    </div>
  );
}
