import { useEffect, useRef } from 'react';
import style from './parts.module.css';

/** The end of what scrolls: while it is out of sight its scroller has `data-more`, so that it can show that there is more below. */
export function End({ scroller }: { scroller: string }) {
  const end = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const around = end.current?.closest(`.${scroller}`);
    if (end.current === null || around === null || around === undefined) return;
    const observer = new IntersectionObserver(
      ([entry]) => around.toggleAttribute('data-more', entry?.isIntersecting === false),
      { root: around },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [scroller]);
  return <span ref={end} aria-hidden="true" className={style.end} />;
}
