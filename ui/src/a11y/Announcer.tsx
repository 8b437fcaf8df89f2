import { createContext, type ReactNode, use, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useEngine } from '../engine/context';
import { heardAtFirst, heardIn } from './hear';
import { type Announcement, AnnouncementQueue, joined } from './queue';

type Say = (announcement: Announcement) => void;

interface Voice {
  say: Say;
  /** While it holds, nothing polite is said. */
  hush: (on: boolean) => void;
}

const AnnouncerContext = createContext<Voice>({ say: () => undefined, hush: () => undefined });

/** Milliseconds between two looks at the queue while there is something in it. */
const LOOK_MS = 250;
/** What was written is read within this time: nothing takes its place sooner. */
const READ_MS = 250;
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
  const hushed = useRef(false);
  /** The urgent texts of this very moment, and when there were any last: they are one to whoever hears them. */
  const urgent = useRef<{ texts: string[]; at: number }>({ texts: [], at: Number.NEGATIVE_INFINITY });
  const timer = useRef<ReturnType<typeof setInterval> | null>(null);

  const lookForUrgent = (now: number) => {
    const fresh = queue.takeUrgent(now);
    const node = assertive.current;
    if (fresh.length === 0 || node === null) return;
    const { texts, at } = urgent.current;
    const all = [...texts, ...fresh];
    urgent.current = { texts: all, at: now };
    queueMicrotask(() => void (urgent.current.texts = []));
    if (texts.length > 0) node.lastChild?.replaceWith(lineOf(joined(all)));
    else if (now - at < READ_MS) node.append(lineOf(joined(all)));
    else node.replaceChildren(lineOf(joined(all)));
  };
  const look = () => {
    const now = performance.now();
    lookForUrgent(now);
    const text = queue.take('polite', now, hushed.current || now - typed.current < TYPING_MS);
    if (text !== null) polite.current?.replaceChildren(lineOf(text));
    if (queue.empty && timer.current !== null) {
      clearInterval(timer.current);
      timer.current = null;
    }
  };
  const [voice] = useState<Voice>(() => ({
    say: (announcement) => {
      const now = performance.now();
      queue.push(announcement, now);
      timer.current ??= setInterval(look, LOOK_MS);
      if (announcement.politeness === 'assertive') lookForUrgent(now);
    },
    hush: (on) => {
      // What waits meanwhile may be true no more: the engine tells that a moment later.
      if (hushed.current && !on) typed.current = performance.now();
      hushed.current = on;
    },
  }));

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
    // What the window begins with comes no more: a link that failed before there was a page.
    heardAtFirst(document.body).forEach(tell);
    const observer = new MutationObserver((changes) => heardIn(changes).forEach(tell));
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    // The oldest of these screen readers pass over a heading that takes the focus; the others would say it twice.
    const focused = ({ target }: FocusEvent) => target instanceof Element && target.matches('h1, h2, h3') && tell(target.textContent);
    if (engine.shell.announcesHeadings) document.addEventListener('focusin', focused);
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', focused);
    };
  }, [engine]);

  return (
    <AnnouncerContext value={voice}>
      {children}
      <div ref={polite} className="unseen" aria-live="polite" data-live-announcer="true" data-testid="polite" />
      <div ref={assertive} className="unseen" aria-live="assertive" data-live-announcer="true" data-testid="assertive" />
    </AnnouncerContext>
  );
}

/** The same text twice is still news: a new node makes it so. */
function lineOf(text: string): HTMLElement {
  const line = document.createElement('p');
  line.textContent = text;
  return line;
}

/** Says something to assistive technology. */
export function useAnnounce(): Say {
  return use(AnnouncerContext).say;
}

/** Keeps what is polite back for as long as somebody speaks (interface specification §3). */
export function useHush(): Voice['hush'] {
  return use(AnnouncerContext).hush;
}
