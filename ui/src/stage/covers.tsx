import { createContext, type ReactNode, type RefObject, use, useCallback, useEffect, useLayoutEffect, useState } from 'react';
import { useEngine } from '../engine/context';
import { type Shape, StageReporter, type TileSpec } from './reporter';

const ReporterContext = createContext<StageReporter | null>(null);

interface ProviderProps {
  /** Which of the engine's stages this window is; `null`: none, it shows no pictures. */
  stage?: 'stage' | 'share_stage' | null;
  children: ReactNode;
}

/** Reports tiles and covers of everything inside to the engine. */
export function StageReporterProvider({ stage = 'stage', children }: ProviderProps) {
  const engine = useEngine();
  const [reporter] = useState(
    () => new StageReporter((layout) => void (stage !== null && engine.command({ kind: stage, layout }).catch(() => undefined))),
  );
  useEffect(() => (stage === null ? undefined : reporter.start()), [reporter, stage]);
  return <ReporterContext value={reporter}>{children}</ReporterContext>;
}

function useReporter(): StageReporter {
  const reporter = use(ReporterContext);
  if (reporter === null) throw new Error('no StageReporterProvider above');
  return reporter;
}

/** Declares that `ref` is where a track is shown; `null` where nothing is to be drawn. */
export function useStageTile(ref: RefObject<HTMLElement | null>, spec: TileSpec | null): void {
  const reporter = useReporter();
  const key = spec === null ? '' : JSON.stringify(spec);
  useLayoutEffect(() => {
    if (ref.current === null || spec === null) return;
    return reporter.addTile(ref.current, spec);
    // `key` stands for all of `spec`.
  }, [reporter, ref, key]);
  // A tile that moved without a new size is seen by no observer.
  useLayoutEffect(() => reporter.changed());
}

/**
 * A ref callback for what the page draws over video: a name plate, a flag, a menu, a dialog.
 * With a number, only a frame of that many CSS pixels inside of the box counts (rings); with a shape, that of the box which it gives, and it must stay the same one.
 */
export function useCover<T extends HTMLElement>(shape?: number | Shape): (element: T | null) => (() => void) | undefined {
  const reporter = useReporter();
  return useCallback(
    (element: T | null) => (element === null ? undefined : reporter.addCover(element, shape)),
    [reporter, shape],
  );
}
