const FOCUSABLE = [
  '[data-tile][tabindex="0"]',
  'button:not([disabled])',
  'input',
  'textarea',
  'select',
  'a[href]',
  '[tabindex="0"]',
].join(',');

/** Regions that are told before others, whatever their place in the page (interface specification §3). */
const ORDER = ['top', 'banner', 'main', 'shares', 'stage', 'panels', 'captions', 'toolbar'];

/** What can be focused in there; a panel that is closed may still be in the page, and captions may have given way to one. */
function things(region: Element): HTMLElement[] {
  const takes = (thing: HTMLElement) => thing.tabIndex >= 0 && thing.closest('[hidden]') === null && isDrawn(thing);
  return [...region.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(takes);
}

/** WebKit tells from 17.4 on, WebKitGTK from 2.44; the page's tests draw nothing at all. */
export function isDrawn(thing: Element): boolean {
  return typeof thing.checkVisibility !== 'function' || thing.checkVisibility({ visibilityProperty: true });
}

/** Regions of the view that have something to focus, in the order of the keys. */
function regions(): HTMLElement[] {
  const place = (region: HTMLElement) => ORDER.indexOf(region.dataset['region'] ?? '');
  return [...document.querySelectorAll<HTMLElement>('[data-region]')]
    .filter((region) => things(region).length > 0)
    .sort((a, b) => place(a) - place(b));
}

/** Moves the focus to the next (or the previous) region: F6 and Shift+F6. */
export function cycleRegion(backwards: boolean): void {
  const all = regions();
  if (all.length === 0) return;
  const at = all.findIndex((region) => region.contains(document.activeElement));
  const step = backwards ? -1 : 1;
  const next = at < 0 ? (backwards ? all.length - 1 : 0) : (at + step + all.length) % all.length;
  focusRegion(all[next]);
}

/** Focuses the first thing of a region that can be focused. */
export function focusRegion(region: Element | null | undefined): void {
  const all = region === null || region === undefined ? [] : things(region);
  (all.find((thing) => thing.dataset['tile'] !== undefined) ?? all[0])?.focus();
}
