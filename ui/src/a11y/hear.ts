/** Where screen readers listen: what changes in there is said without the focus. */
const REGION = '[aria-live], [role="alert"], [role="status"], [role="log"]';
/** These are said as a whole. */
const WHOLE = '[role="alert"], [role="status"], [aria-atomic="true"]';
const UNHEARD = '[hidden], [inert], [aria-hidden="true"]';

/** What a screen reader that follows live regions says of these changes, in order, each region once. */
export function heardIn(changes: readonly MutationRecord[]): string[] {
  const heard = new Map<Element, Set<Node>>();
  for (const { type, target, addedNodes } of changes) {
    const around = target instanceof Element ? target : target.parentElement;
    if (around === null || !around.isConnected) continue;
    const region = around.closest(REGION);
    if (region !== null) {
      const parts = heard.get(region) ?? new Set();
      if (region.matches(WHOLE)) parts.add(region);
      else for (const part of type === 'characterData' ? [target] : addedNodes) parts.add(part);
      if (parts.size > 0) heard.set(region, parts);
      continue;
    }
    // An alert is said when it comes; everything else that comes with its words is no change.
    for (const part of addedNodes) {
      if (!(part instanceof Element)) continue;
      const alerts = part.matches('[role="alert"]') ? [part] : part.querySelectorAll('[role="alert"]');
      for (const alert of alerts) heard.set(alert, new Set([alert]));
    }
  }
  return said(heard);
}

/** What is to be said of a page that has just come: its alerts, in order. They were there before anybody could hear them come. */
export function heardAtFirst(page: Element): string[] {
  return said(new Map([...page.querySelectorAll('[role="alert"]')].map((alert): [Element, Set<Node>] => [alert, new Set<Node>([alert])])));
}

/** The words of these parts, one text a region; what is turned off, hidden or empty is no text. */
function said(heard: ReadonlyMap<Element, ReadonlySet<Node>>): string[] {
  return [...heard]
    .filter(([region]) => region.getAttribute('aria-live') !== 'off' && region.closest(UNHEARD) === null)
    .map(([, parts]) => [...parts].filter((part) => part.isConnected).flatMap(words).join(' '))
    .filter((text) => text !== '');
}

/** The words in there, piece by piece. */
function words(node: Node): string[] {
  if (node instanceof Element && node.matches(UNHEARD)) return [];
  if (node.nodeType === Node.TEXT_NODE) return [node.textContent?.trim() ?? ''].filter((text) => text !== '');
  return [...node.childNodes].flatMap(words);
}
