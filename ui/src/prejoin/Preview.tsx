import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { LOCAL_CAMERA } from '../engine/contract';
import { Avatar } from '../parts/Avatar';
import { useCover, useStageTile } from '../stage/covers';
import { Picture } from '../stage/tile-parts';
import style from './prejoin.module.css';

/** Corner radius, CSS pixels. */
const RADIUS = 16;

/** The own picture at the crop that others will get, mirrored for ourselves only. */
export function Preview({ caption }: { caption: string }) {
  const { t } = useTranslation('prejoin');
  const me = useMeeting((state) => state.me);
  const mirror = useMeeting((state) => state.settings.mirror);
  const ref = useRef<HTMLDivElement>(null);
  const cover = useCover<HTMLDivElement>();
  const offered = me.camera_on && (me.preview.kind === 'showing' || me.preview.kind === 'starting');
  const showing = offered && me.preview.kind === 'showing';
  const failed = me.camera_on && me.preview.kind === 'failed';
  const still = t(failed ? 'cameraFailed' : offered ? 'previewStarting' : 'previewOff');
  useStageTile(ref, offered ? { track: LOCAL_CAMERA, fit: 'cover', mirrored: mirror, radius: RADIUS, veiled: false, smooth: false, layer: 0 } : null);
  return (
    <div className={style.preview}>
      <div
        ref={ref}
        className={style.frame}
        role="img"
        aria-label={`${t('preview')}. ${showing ? caption : still}`}
        data-still={showing ? undefined : ''}
        data-testid="tile"
        data-participant={me.id ?? 'self'}
        data-track={offered ? LOCAL_CAMERA : ''}
        data-video={showing ? 'showing' : offered ? 'coming' : 'none'}
      >
        {showing ? (
          <Picture track={LOCAL_CAMERA} />
        ) : (
          <>
            <Avatar id={me.id ?? 'self'} name={me.name} className={style.avatar} />
            <span className={style.still}>{still}</span>
          </>
        )}
        {showing && (
          <div ref={cover} className={style.plate}>
            {caption}
          </div>
        )}
      </div>
    </div>
  );
}
