import { startTransition, useEffect, useRef } from 'react';
import { CaptionBand } from '../captions/CaptionBand';
import { Panels } from '../panels/Panels';
import { useLiveOpens } from '../panels/useLiveOpens';
import { Stage } from '../stage/Stage';
import { useUi, useUiStore } from '../ui-state';
import { Banner } from './Banner';
import { CallDialogs } from './CallDialogs';
import style from './call.module.css';
import { Toolbar } from './Toolbar';
import { TopBar } from './TopBar';

/** The meeting: a lit table in a dark room. */
export function Call() {
  const title = useRef<HTMLHeadingElement>(null);
  const bare = usePicturesFirst();
  useLiveOpens();
  useEffect(() => title.current?.focus(), [bare]);
  return (
    <div className={style.call}>
      {bare ? <header className={style.top} /> : <TopBar title={title} />}
      <Banner />
      <main className={style.middle}>
        <div className={style.column}>
          <Stage />
          {!bare && <CaptionBand />}
        </div>
        {!bare && <Panels />}
      </main>
      {!bare && <CallDialogs />}
      <footer>{bare ? <div className={style.barToCome} /> : <Toolbar />}</footer>
    </div>
  );
}

/**
 * True in a window that begins in a meeting, until its first tiles are laid out and painted.
 *
 * The keys take most of a new page's time: whoever opens a meeting sees the others before them.
 */
function usePicturesFirst(): boolean {
  const ui = useUiStore();
  const bare = useUi((state) => state.picturesFirst);
  useEffect(() => {
    if (!bare) return;
    // After the frame with the tiles has been painted.
    let second = 0;
    const first = requestAnimationFrame(() => {
      second = requestAnimationFrame(() => startTransition(() => ui.setState({ picturesFirst: false })));
    });
    return () => {
      cancelAnimationFrame(first);
      cancelAnimationFrame(second);
    };
  }, [bare, ui]);
  return bare;
}
