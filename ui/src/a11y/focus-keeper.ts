import { useEffect } from 'react';
import { focusOn } from './focus-on';
import { isDrawn } from './regions';

/** What takes the focus, by key or by code of ours. */
const THINGS = 'button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select, a[href], summary, [data-tile], [tabindex]';

/** What had the focus, and where it was: its surroundings from the nearest on, with its place among what can be focused in each. */
interface Held {
  thing: Element;
  around: { box: Element; at: number }[];
  /** The dialog, menu or list of choices that it is, or is in. */
  layer: Element | null;
  /** What has kin and is it, or holds it. */
  kin: Element | null;
  /** What had the focus under that. */
  under: Held | null;
}

/** What is never given the focus by us: one press of it ends something for good, and whoever presses meant what had the focus before. */
const NO_HEIR = '[data-no-heir]';

/** What keeps the focus to itself while it is open. */
export const LAYER = '[role="dialog"], [role="menu"], [role="listbox"]';

/** What in `box` can take the focus, by key or by code of ours. */
export function focusables(box: Element): HTMLElement[] {
  const takes = (thing: HTMLElement) => thing.closest('[inert], [hidden], [aria-hidden="true"]') === null && isDrawn(thing);
  return [...box.querySelectorAll<HTMLElement>(THINGS)].filter(takes);
}

/** What may go on for something else. */
const goesOn = (thing: HTMLElement) => (thing.tabIndex >= 0 || thing.dataset['tile'] !== undefined || thing.dataset['stop'] !== undefined) && !thing.matches(NO_HEIR);

function hold(thing: Element, before: Held | null): Held {
  const around: Held['around'] = [];
  const layer = thing.closest(LAYER);
  // Looked for once: a large meeting has hundreds, and what is in a box stands together.
  const all = focusables(document.body).filter((one) => one === thing || goesOn(one));
  const own = all.indexOf(thing as HTMLElement);
  let first = own;
  for (let box = thing === layer ? null : thing.parentElement; box !== null && box !== document.documentElement; box = box.parentElement) {
    while (first > 0 && box.contains(all[first - 1] ?? null)) first -= 1;
    around.push({ box, at: Math.max(0, own - first) });
    // What is behind a dialog is not where whoever was in it goes on.
    if (box === layer) break;
  }
  return { thing, around, layer, kin: thing.closest('[data-kin]'), under: layer === null ? null : under(layer, before) };
}

/** What had the focus before this layer came: what had it last, outside of the layer itself and of one that made place for it (a menu whose item opens a dialog). */
function under(layer: Element, before: Held | null): Held | null {
  for (let held = before; held !== null; held = held.under) if (held.layer === layer) return held.under;
  return before !== null && before.layer !== null && !before.layer.isConnected ? before.under : before;
}

/** What does the same elsewhere as what is gone: the two keys to the window of what is shared, of which each comes as the other goes. */
function kinOf(gone: Element | null): HTMLElement | null {
  if (gone === null || (gone.isConnected && isDrawn(gone))) return null;
  const kin = gone.getAttribute('data-kin');
  return [...document.querySelectorAll<HTMLElement>(`[data-kin="${kin}"]`)].find(isDrawn) ?? null;
}

/** The same part of the page: another message has come where one went. */
function successor(box: Element): Element | null {
  const region = box.getAttribute('data-region');
  return box.isConnected ? box : region === null ? null : document.querySelector(`[data-region="${region}"]`);
}

/** Who goes on where something vanished: what does the same, else what took its place, else the one before, else the nearest heading; where all of a dialog vanished, what had the focus under it. */
function heir({ kin, around, under }: Held): HTMLElement | null {
  const same = kinOf(kin);
  if (same !== null) return same;
  for (const { box, at } of around) {
    const now = successor(box);
    if (now === null) continue;
    const left = focusables(now).filter(goesOn);
    const next = left[Math.min(at, left.length - 1)];
    if (next !== undefined) return next;
    const title = [...now.querySelectorAll<HTMLElement>('h1, h2')].find(isDrawn);
    if (title !== undefined) return title;
  }
  if (under !== null) return under.thing instanceof HTMLElement && !isLost(under) && !under.thing.matches(NO_HEIR) ? under.thing : heir(under);
  return document.querySelector<HTMLElement>('h1');
}

/** What gave way to a message is still in the page. */
const isLost = ({ thing }: Held) => !thing.isConnected || thing.matches(':disabled') || !isDrawn(thing);
function isNowhere(): boolean {
  const active = document.activeElement;
  return active === null || active === document.body || !isDrawn(active);
}

/**
 * Keeps the keyboard's place: where what has the focus goes away (a person leaves, a banner closes, a key is no more), the focus goes to what took its place (interface specification §3).
 *
 * Whatever gives the focus itself (dialogs, panels, views) has two frames to do it. Returns what ends it.
 */
export function keepFocus(): () => void {
  let held: Held | null = null;
  let frame = 0;
  const taken = ({ target }: FocusEvent) => {
    if (target instanceof Element && target !== document.body) held = hold(target, held);
  };
  // Whoever points at nothing has left on purpose.
  const pointed = ({ target }: PointerEvent) => {
    if (target instanceof Element && target.closest(THINGS) === null) held = null;
  };
  const look = () => {
    if (held === null || !isLost(held) || !isNowhere() || frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (held === null || !isLost(held) || !isNowhere()) return;
        const next = heir(held);
        if (next !== null && next.tabIndex < 0 && !next.hasAttribute('tabindex')) next.tabIndex = -1;
        if (next !== null) focusOn(next);
      });
    });
  };
  // Where a message takes room, what is below may be drawn no more: nothing else tells that.
  const sizes = new ResizeObserver(look);
  let main: Element | null = null;
  const follow = () => {
    const now = document.querySelector('main');
    if (now === main) return;
    sizes.disconnect();
    if (now !== null) sizes.observe(now);
    main = now;
  };
  const watch = new MutationObserver(() => {
    follow();
    look();
  });
  follow();
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
  document.addEventListener('focusin', taken);
  document.addEventListener('pointerdown', pointed);
  return () => {
    watch.disconnect();
    sizes.disconnect();
    cancelAnimationFrame(frame);
    document.removeEventListener('focusin', taken);
    document.removeEventListener('pointerdown', pointed);
  };
}

export function useFocusKeeper(): void {
  useEffect(keepFocus, []);
}
