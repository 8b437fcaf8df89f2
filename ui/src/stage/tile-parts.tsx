import { AppWindow, Mic, MicOff, MoreHorizontal, RefreshCw } from 'lucide-react';
import { type CSSProperties, memo, type ReactNode, useCallback, useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEngine, useSend } from '../engine/context';
import { useLevel } from '../levels';
import { Drawn } from '../parts/Drawn';
import { Tip } from '../parts/Tip';
import { ReactionIcon } from '../together/Icon';
import type { Merged } from '../together/reactions';
import { useCover } from './covers';
import type { Face } from './model';
import style from './stage.module.css';

/** Where the page itself draws; elsewhere the native layer does, and nothing is here. */
export function Picture({ track, box = null }: { track: string; box?: CSSProperties | null }) {
  const { frames } = useEngine();
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => (ref.current === null ? undefined : frames?.attach(track, ref.current)), [frames, track]);
  if (frames === undefined) return null;
  return <canvas ref={ref} className={style.picture} aria-hidden="true" {...(box === null ? {} : { style: { ...box, objectFit: 'fill' } })} />;
}

interface PlateProps {
  face: Face;
  name: string;
  notch?: boolean;
  signer?: boolean;
  reactions?: readonly Merged[];
  /** Asks who this is; by the keyboard the tile's menu does. */
  onWho?: ((id: string) => void) | undefined;
}

const NO_REACTIONS: readonly Merged[] = [];

/** The name and what goes with it: rendered again where these change, not where its tile only moves. */
export const Plate = memo(function Plate({ face, name, notch = false, signer = false, reactions = NO_REACTIONS, onWho }: PlateProps) {
  const { t } = useTranslation('stage');
  const tag = signer ? 'interpreter' : face.tag;
  return (
    <div ref={useCover()} className={style.plate} aria-hidden="true" onClick={onWho && (() => onWho(face.id))} data-asks={onWho !== undefined || undefined} data-testid="plate">
      {face.kind === 'screen' ? null : face.speaking ? (
        <Bars track={face.microphone} />
      ) : face.muted ? (
        <MicOff className={style.off} />
      ) : notch ? null : (
        <Mic />
      )}
      <Drawn className={style.name} text={name} />
      {reactions.length > 0 ? (
        <Thrown reactions={reactions} />
      ) : (
        tag !== null && <Drawn className={style.tag} text={t(`tag.${tag}`)} />
      )}
    </div>
  );
});

/** Reactions in a plate; what is spoken of them is said elsewhere, seldom. */
export function Thrown({ reactions }: { reactions: readonly Merged[] }) {
  return (
    <span className={style.thrown}>
      {reactions.map(({ reaction, count }) => (
        <span key={reaction} data-testid="reaction" data-reaction={reaction} data-count={count}>
          <ReactionIcon reaction={reaction} />
          {count > 1 && <Drawn text={String(count)} />}
        </span>
      ))}
    </span>
  );
}

/** Three bars that follow the voice, without React. */
function Bars({ track }: { track: string | null }) {
  const ref = useRef<HTMLSpanElement>(null);
  useLevel(
    track,
    useCallback((full) => ref.current?.style.setProperty('--full', full.toFixed(2)), []),
  );
  return (
    <span ref={ref} className={style.bars}>
      <i />
      <i />
      <i />
    </span>
  );
}

export function Flag({ kind, children }: { kind: 'hand' | 'net' | 'pin'; children: ReactNode }) {
  return (
    <span ref={useCover()} className={style.flag} data-kind={kind} aria-hidden="true">
      {children}
    </span>
  );
}

export function Ring({ edge, className }: { edge: number; className: string | undefined }) {
  return <div ref={useCover(edge)} className={className} />;
}

export function Message({ children }: { children: ReactNode }) {
  return (
    <div className={style.middle}>
      <div ref={useCover()} className={style.message}>
        {children}
      </div>
    </div>
  );
}

export function RestartKey({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation('stage');
  const send = useSend();
  return (
    <Button aria-label={`${t('restart')}, ${name}`} onPress={() => send({ kind: 'restart_picture', participant: id })}>
      <RefreshCw aria-hidden="true" />
      {t('restart')}
    </Button>
  );
}

export function WindowKey({ words, onPress }: { words: boolean; onPress: () => void }) {
  const { t } = useTranslation('stage');
  const cover = useCover<HTMLButtonElement>();
  if (!words)
    return (
      <Tip text={t('toWindow')}>
        <Button ref={cover} className={style.menuKey ?? ''} aria-label={t('toWindow')} onPress={onPress} data-kin="share-window" data-testid="to-window">
          <AppWindow aria-hidden="true" />
        </Button>
      </Tip>
    );
  return (
    <Button ref={cover} className={`${style.menuKey} ${style.windowKey}`} onPress={onPress} data-kin="share-window" data-testid="to-window">
      <AppWindow aria-hidden="true" />
      <span className={style.name}>{t('toWindow')}</span>
    </Button>
  );
}

export function MenuKey({ label }: { label: string }) {
  return (
    <Button ref={useCover<HTMLButtonElement>()} className={style.menuKey ?? ''} aria-label={label}>
      <MoreHorizontal aria-hidden="true" />
    </Button>
  );
}
