import { AppWindow, MonitorUp } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Key } from '../call/banner-parts';
import call from '../call/call.module.css';
import { useEngine, useMeeting } from '../engine/context';
import { Tip } from '../parts/Tip';
import { type LoneShare, setZoom, useUi, useUiStore } from '../ui-state';
import { type Face, faceOfScreen, screenKey, sharedScreen } from './model';
import style from './stage.module.css';
import { useZoom } from './useZoom';
import { ZoomKeys } from './ZoomKeys';

/** What another shares, and is alone large on the stage; `null` where nothing is. */
export function useReceivedShare(): { face: Face; place: LoneShare } | null {
  const place = useUi((state) => state.shareLarge);
  const someone = useMeeting((state) => (place === null ? undefined : Object.values(state.participants).find((one) => one !== undefined && screenKey(one.id) === place.key)));
  const screen = someone === undefined ? null : sharedScreen(someone);
  return place === null || someone === undefined || screen === null ? null : { face: faceOfScreen(someone, screen), place };
}

interface Props {
  face: Face;
  place: LoneShare;
}

/** Who shares, how closely it is looked at, and the key to a window of its own: beside the picture, not over it. */
export function ShareBar(props: Props) {
  const { t, name, close, toWindow } = useShareBar(props);
  return (
    <div className={call.banner} data-tone="info" data-testid="share-bar">
      <MonitorUp aria-hidden="true" />
      <p className={call.bannerText}>
        <b>{name}</b>
      </p>
      <span className={call.bannerKeys}>
        {close !== null && <ZoomKeys close={close} bar />}
        <Key onPress={toWindow} data-kin="share-window" testid="to-window">
          <AppWindow aria-hidden="true" />
          {t('toWindow')}
        </Key>
      </span>
    </div>
  );
}

/** The same in one line, for a window that is low beside its letters: keys are signs, and who shares is cut where it is too long. */
export function ShareRow(props: Props) {
  const { t, name, close, toWindow } = useShareBar(props);
  return (
    <section aria-label={t('shares')} className={style.shareRow} data-region="shares">
      <div data-testid="share-bar" data-row="">
        <MonitorUp aria-hidden="true" />
        <p title={name}>
          <b>{name}</b>
        </p>
        {close !== null && <ZoomKeys close={close} bar signs />}
        <Tip text={t('toWindow')}>
          <Button className={style.zoomKey ?? ''} aria-label={t('toWindow')} onPress={toWindow} data-kin="share-window" data-testid="to-window">
            <AppWindow aria-hidden="true" />
          </Button>
        </Tip>
      </div>
    </section>
  );
}

/** What both forms have. While one of them is there, the tile has neither name nor keys. */
function useShareBar({ face, place }: Props) {
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
  const toWindow = () => void engine.openShare(t('stage:shareTitle')).catch(() => undefined);
  return { t, name: t('announce:shareStarted', { name: face.name }), close, toWindow };
}
