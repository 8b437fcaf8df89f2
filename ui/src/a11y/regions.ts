const FOCUSABLE = [
  '[data-tile][tabindex="0"]',
  'button:not([disabled])',
  'input',
  'textarea',
  'select',
  'a[href]',
  '[tabindex="0"]',
].join(',');

/** Regions of the view that have something to focus, in reading order. */
function regions(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((region) => region.querySelector(FOCUSABLE) !== null);
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
  const things = [...(region?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter((thing) => thing.tabIndex >= 0);
  (things.find((thing) => thing.dataset['tile'] !== undefined) ?? things[0])?.focus();
}
