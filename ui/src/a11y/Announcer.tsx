import { createContext, type ReactNode, use, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useEngine } from '../engine/context';
import { heardIn } from './hear';
import { type Announcement, AnnouncementQueue, type Politeness } from './queue';

type Say = (announcement: Announcement) => void;

const AnnouncerContext = createContext<Say>(() => undefined);

/** Milliseconds between two looks at the queue while there is something in it. */
const LOOK_MS = 250;
/** A person who pressed a key this long ago is no longer typing. */
const TYPING_MS = 1000;

/**
 * The two live regions of the window, fed by one queue. A dialog does not silence them. Where screen readers do not hear live regions at
 * all, the shell is given what is in these and in all others.
 */
export function Announcer({ children }: { children: ReactNode }) {
  const engine = useEngine();
  const polite = useRef<HTMLDivElement>(null);
  const assertive = useRef<HTMLDivElement>(null);
  const [queue] = useState(() => new AnnouncementQueue());
  const typed = useRef(Number.NEGATIVE_INFINITY);
  const timer = useRef<ReturnType<typeof setInterval> | null>(null);

  const look = () => {
    const now = performance.now();
    for (const [politeness, node] of [['assertive', assertive], ['polite', polite]] as [Politeness, typeof polite][]) {
      const text = queue.take(politeness, now, now - typed.current < TYPING_MS);
      if (text !== null && node.current !== null) write(node.current, text);
    }
    if (queue.empty && timer.current !== null) {
      clearInterval(timer.current);
      timer.current = null;
    }
  };
  const [say] = useState<Say>(() => (announcement: Announcement) => {
    queue.push(announcement, performance.now());
    timer.current ??= setInterval(look, LOOK_MS);
    if (announcement.politeness === 'assertive') look();
  });

  useEffect(() => {
    const input = () => {
      typed.current = performance.now();
    };
    document.addEventListener('input', input);
    return () => {
      document.removeEventListener('input', input);
      if (timer.current !== null) clearInterval(timer.current);
    };
  }, []);

  // Before the first view takes the focus.
  useLayoutEffect(() => {
    if (!engine.shell.announces) return undefined;
    const tell = (text: string) => void engine.announce(text).catch(() => undefined);
    const observer = new MutationObserver((changes) => heardIn(changes).forEach(tell));
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    // The same screen readers pass over a heading that takes the focus.
    const focused = ({ target }: FocusEvent) => target instanceof Element && target.matches('h1, h2, h3') && tell(target.textContent);
    document.addEventListener('focusin', focused);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', focused);
    };
  }, [engine]);

  return (
    <AnnouncerContext value={say}>
      {children}
      <div ref={polite} className="unseen" aria-live="polite" data-live-announcer="true" data-testid="polite" />
      <div ref={assertive} className="unseen" aria-live="assertive" data-live-announcer="true" data-testid="assertive" />
    </AnnouncerContext>
  );
}

/** The same text twice is still news: a new node makes it so. */
function write(node: HTMLElement, text: string): void {
  const line = document.createElement('p');
  line.textContent = text;
  node.replaceChildren(line);
}

/** Says something to assistive technology. */
export function useAnnounce(): Say {
  return use(AnnouncerContext);
}
