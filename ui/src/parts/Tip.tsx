import type { ReactElement } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components';
import { useCover } from '../stage/covers';
import style from './parts.module.css';

/** What a key without words does, in words: while the pointer stays on it, or the keyboard has come to it. */
export function Tip({ text, children }: { text: string; children: ReactElement }) {
  const cover = useCover<HTMLDivElement>();
  return (
    <TooltipTrigger>
      {children}
      <Tooltip ref={cover} offset={4} className={style.tip ?? ''}>
        {text}
      </Tooltip>
    </TooltipTrigger>
  );
}
