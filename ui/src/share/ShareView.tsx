import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { Avatar } from '../parts/Avatar';
import { useSize } from '../parts/useSize';
import { useStageTile } from '../stage/covers';
import { type Box, grid } from '../stage/layout';
import { type Face, faceOfScreen, sharedScreen, visiblePeople } from '../stage/model';
import stage from '../stage/stage.module.css';
import { Message, Picture, Plate, RestartKey } from '../stage/Tile';
import style from './share.module.css';

/** All that others share, and nothing else: each as large as the window allows. */
export function ShareView() {
  const { t } = useTranslation('stage');
  const ref = useRef<HTMLElement>(null);
  const { w, h } = useSize(ref);
  const participants = useMeeting((state) => state.participants);
  const veiled = useMeeting((state) => state.phase.kind === 'in_meeting' && state.phase.reconnecting_for !== null);
  const faces = useMemo(
    () =>
      visiblePeople(participants).flatMap((someone) => {
        const screen = sharedScreen(someone);
        return screen === null ? [] : [faceOfScreen(someone, screen)];
      }),
    [participants],
  );
  // Whatever shape a screen has, it is shown whole: a cell needs none of its own.
  const boxes = w > 0 && h > 0 ? grid(faces.length, w, h, { minWidth: 0, minAspect: 0, maxAspect: Number.POSITIVE_INFINITY }).rects() : [];
  return (
    <main ref={ref} className={style.share} aria-label={t('shareTitle')}>
      <h1 className="unseen">{t('shareTitle')}</h1>
      {faces.flatMap((face, at) => (boxes[at] === undefined ? [] : [<SharedScreen key={face.id} face={face} box={boxes[at]} veiled={veiled} />]))}
    </main>
  );
}

function SharedScreen({ face, box, veiled }: { face: Face; box: Box; veiled: boolean }) {
  const { t } = useTranslation('stage');
  const ref = useRef<HTMLDivElement>(null);
  const still = face.video === 'coming';
  const name = t('screenOf', { name: face.name });
  useStageTile(
    ref,
    face.track === null
      ? null
      : { track: face.track, fit: 'contain', mirrored: false, radius: 0, veiled: veiled || face.reconnecting, smooth: false, layer: 0 },
  );
  return (
    <div
      ref={ref}
      role="group"
      aria-label={face.video === 'stopped' ? `${name}, ${t('stopped')}` : name}
      className={stage.tile}
      style={{ left: box.x, top: box.y, width: box.w, height: box.h }}
      data-contain
      data-still={still || undefined}
      data-testid="tile"
      data-participant={face.id}
      data-video={face.video}
    >
      {face.track !== null && !still && <Picture track={face.track} />}
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
      <Plate face={face} name={name} />
    </div>
  );
}
