import { AppWindow, MonitorUp } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Key } from '../call/banner-parts';
import call from '../call/call.module.css';
import { useEngine, useMeeting } from '../engine/context';
import { type LoneShare, setZoom, useUi, useUiStore } from '../ui-state';
import { type Face, faceOfScreen, screenKey, sharedScreen } from './model';
import { useZoom } from './useZoom';
import { ZoomKeys } from './ZoomKeys';

/** What another shares, and is alone large on the stage; `null` where nothing is. */
export function useReceivedShare(): { face: Face; place: LoneShare } | null {
  const place = useUi((state) => state.shareLarge);
  const someone = useMeeting((state) => (place === null ? undefined : Object.values(state.participants).find((one) => one !== undefined && screenKey(one.id) === place.key)));
  const screen = someone === undefined ? null : sharedScreen(someone);
  return place === null || someone === undefined || screen === null ? null : { face: faceOfScreen(someone, screen), place };
}

/** Who shares, how closely it is looked at, and the key to a window of its own: beside the picture, not over it. */
export function ShareBar({ face, place }: { face: Face; place: LoneShare }) {
  const { t } = useTranslation(['stage', 'announce']);
  const engine = useEngine();
  const ui = useUiStore();
  const { track } = face;
  const zoom = useUi((state) => (track === null ? undefined : state.zooms[track])) ?? null;
  // The wheel is the tile's.
  const nowhere = useRef<HTMLElement>(null);
  const close = useZoom({ ref: nowhere, w: place.w, h: place.h, picture: face.picture, zoom, onZoom: (next) => track !== null && setZoom(ui, track, next) });
  useLayoutEffect(() => {
    ui.setState({ shareBar: place.key });
    return () => ui.setState({ shareBar: null });
  }, [ui, place.key]);
  return (
    <div className={call.banner} data-tone="info" data-testid="share-bar">
      <MonitorUp aria-hidden="true" />
      <p className={call.bannerText}>
        <b>{t('announce:shareStarted', { name: face.name })}</b>
      </p>
      <span className={call.bannerKeys}>
        {close !== null && <ZoomKeys close={close} bar />}
        <Key onPress={() => void engine.openShare(t('stage:shareTitle')).catch(() => undefined)} testid="to-window">
          <AppWindow aria-hidden="true" />
          {t('stage:toWindow')}
        </Key>
      </span>
    </div>
  );
}
