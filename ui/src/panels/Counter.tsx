import { useEffect, useState } from 'react';
import style from './panels.module.css';

/** Whoever typed this long ago is at rest, in milliseconds. */
const RESTS_MS = 1000;

interface Props {
  /** For the field that it describes. */
  id: string;
  /** What there is to say of the length; empty: nothing. */
  text: string;
  over: boolean;
}

/** How long a text is: for the eye with every letter, for a screen reader when the typing rests. */
export function Counter({ id, text, over }: Props) {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), RESTS_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <>
      {text !== '' && (
        <p className={style.counter} data-over={over || undefined} aria-hidden="true">
          {text}
        </p>
      )}
      {/* Always there: what comes with its words is no change to whoever listens. */}
      <p id={id} role="status" className="unseen">
        {settled}
      </p>
    </>
  );
}
