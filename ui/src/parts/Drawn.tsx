import { classes } from './classes';
import style from './parts.module.css';

/**
 * Words that are seen and not read: what they are in has them in its name.
 *
 * The style sheet draws them, because `aria-hidden` is not enough: of what has the focus WebKitGTK gives a screen reader all text that the page has in it, hidden
 * or not, and Orca reads the first line of that.
 */
export function Drawn({ text, className }: { text: string; className?: string | undefined }) {
  return <span aria-hidden="true" className={classes(style.drawn, className)} data-words={text} />;
}
