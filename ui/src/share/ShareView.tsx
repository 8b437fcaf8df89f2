import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { useSize } from '../parts/useSize';
import { grid } from '../stage/layout';
import { faceOfScreen, screenKey, sharedScreen, visiblePeople } from '../stage/model';
import { type ShareChoice, shareChosen } from '../stage/shares';
import { ShareTabs } from '../stage/ShareTabs';
import type { Zoom } from '../stage/zoom';
import { SharedScreen } from './SharedScreen';
import style from './share.module.css';
import { StateLine } from './StateLine';
import { useShareKeys } from './useShareKeys';

const PANEL = 'shared';

/** All that others share, and nothing else: each as large as the window allows, and as closely as it is looked at. */
export function ShareView() {
  const { t } = useTranslation('stage');
  const ref = useRef<HTMLDivElement>(null);
  const { w, h } = useSize(ref);
  const participants = useMeeting((state) => state.participants);
  const veiled = useMeeting((state) => state.phase.kind === 'in_meeting' && state.phase.reconnecting_for !== null);
  const [choice, setChoice] = useState<ShareChoice>(null);
  const [zooms, setZooms] = useState<Record<string, Zoom | null>>({});
  const faces = useMemo(
    () =>
      visiblePeople(participants).flatMap((someone) => {
        const screen = sharedScreen(someone);
        return screen === null ? [] : [faceOfScreen(someone, screen)];
      }),
    [participants],
  );
  const keys = faces.map(({ id }) => screenKey(id));
  const chosen = shareChosen(keys, choice);
  const shown = faces.filter(({ id }) => chosen === null || screenKey(id) === chosen);
  useKeysAnywhere(ref);
  const told = useShareKeys();
  // Whatever shape a screen has, it is shown whole: a cell needs none of its own.
  const boxes = w > 0 && h > 0 ? grid(shown.length, w, h, { minWidth: 0, minAspect: 0, maxAspect: Number.POSITIVE_INFINITY }).rects() : [];
  return (
    <main className={style.share} aria-label={t('shareTitle')}>
      <h1 className="unseen">{t('shareTitle')}</h1>
      {faces.length > 1 && (
        <ShareTabs shares={faces.map(({ id, name }) => ({ key: screenKey(id), name }))} chosen={chosen} onChoose={setChoice} panel={PANEL} />
      )}
      <div ref={ref} id={PANEL} className={style.screens} data-region="stage">
        {shown.flatMap((face, at) => {
          const { track } = face;
          return boxes[at] === undefined
            ? []
            : [
                <SharedScreen
                  key={face.id}
                  face={face}
                  box={boxes[at]}
                  veiled={veiled}
                  zoom={(track === null ? null : zooms[track]) ?? null}
                  onZoom={(zoom) => track !== null && setZooms((before) => ({ ...before, [track]: zoom }))}
                />,
              ];
        })}
      </div>
      {told !== null && <StateLine told={told} />}
    </main>
  );
}

/** Where nothing has the focus and one screen is shown, a key means that screen: it gets the focus, and the key. */
function useKeysAnywhere(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const keyDown = (event: KeyboardEvent) => {
      const tiles = ref.current?.querySelectorAll<HTMLElement>('[data-testid="tile"]') ?? [];
      // F6 and its like mean no screen.
      const moves = event.key === 'Tab' || /^F\d/.test(event.key);
      if (event.target !== document.body || moves || event.ctrlKey || event.altKey || event.metaKey || tiles.length !== 1) return;
      const tile = tiles[0];
      tile?.focus();
      const again = new KeyboardEvent('keydown', { key: event.key, code: event.code, shiftKey: event.shiftKey, repeat: event.repeat, bubbles: true, cancelable: true });
      // What has acted upon it does not act twice.
      if (tile?.dispatchEvent(again) === false) event.preventDefault();
    };
    document.addEventListener('keydown', keyDown);
    return () => document.removeEventListener('keydown', keyDown);
  }, [ref]);
}
