import { useCallback, useRef } from 'react';
import { LOCAL_MICROPHONE } from '../engine/contract';
import { useLevel } from '../levels';
import style from './call.module.css';

/** Five bars that follow the own microphone, without React. */
export function LevelBars() {
  const ref = useRef<HTMLSpanElement>(null);
  useLevel(
    LOCAL_MICROPHONE,
    useCallback((full) => {
      const bars = ref.current?.children;
      if (bars === undefined) return;
      const on = Math.round(full * bars.length);
      for (let at = 0; at < bars.length; at++) bars[at]?.toggleAttribute('data-on', at < on);
    }, []),
  );
  return (
    <span ref={ref} className={style.level} aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
      <i />
    </span>
  );
}
