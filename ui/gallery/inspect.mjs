/**
 * Finds text that cannot be read: cut off, off the window, under something else, or over other text. Runs in the page, and so holds everything that it needs.
 *
 * Returns one line a fault, each with the text. What may be: text in an `overflow: auto` box, which can be scrolled to; a name that ends in an ellipsis where the style says so (never in a button); what only a
 * screen reader reads; whatever lies under a dialog, a menu or a list that is open.
 */
export function inspect() {
  // Pixels that do not count: letters end before their boxes do.
  const SLACK = 2;
  const faults = new Map();
  const tell = (fault, text) => faults.set(`${fault}: ${text}`, true);
  const short = (text) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

  // Things that let the pointer through are still seen.
  const style = document.createElement('style');
  style.textContent = '*, *::before, *::after { pointer-events: auto !important; }';
  document.head.append(style);

  const styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  const isUnseen = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const { visibility, opacity, clipPath } = styleOf(one);
      if (visibility === 'hidden' || opacity === '0' || clipPath === 'inset(50%)' || one.ariaHidden === 'true' && one.inert) return true;
      const box = one.getBoundingClientRect();
      if (box.width <= 1 && box.height <= 1 && styleOf(one).overflow === 'hidden') return true;
    }
    return false;
  };
  const isLayer = (element) => element?.closest('[role="dialog"], [role="menu"], [role="listbox"], [role="alertdialog"], [role="tooltip"], [data-rac][data-placement]') ?? null;
  /** What is open, and what it dims the rest with. */
  const isOpen = (element) => isLayer(element) !== null || element.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null;

  /** What of a rectangle is left by the boxes above that cut; `lost`: the one that took the most away for good. */
  const visiblePart = (element, rect) => {
    const part = { left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom };
    let lost = null;
    for (let one = element; one !== null && one !== document.documentElement; one = one.parentElement) {
      const { overflowX, overflowY, position, textOverflow, webkitLineClamp } = styleOf(one);
      if (overflowX !== 'visible' || overflowY !== 'visible') {
        const box = one.getBoundingClientRect();
        const [left, top] = [box.left + one.clientLeft, box.top + one.clientTop];
        const [right, bottom] = [left + one.clientWidth, top + one.clientHeight];
        const cutX = overflowX !== 'visible' && (part.left < left - SLACK || part.right > right + SLACK);
        const cutY = overflowY !== 'visible' && (part.top < top - SLACK || part.bottom > bottom + SLACK);
        const scrolls = (axis) => axis === 'auto' || axis === 'scroll';
        const named = webkitLineClamp !== 'none' || (textOverflow === 'ellipsis' && one.closest('button, a, [role="menuitem"], [role="tab"]') === null);
        if ((cutX && !scrolls(overflowX) && !named) || (cutY && !scrolls(overflowY) && !named)) lost ??= one;
        if (overflowX !== 'visible') [part.left, part.right] = [Math.max(part.left, left), Math.min(part.right, right)];
        if (overflowY !== 'visible') [part.top, part.bottom] = [Math.max(part.top, top), Math.min(part.bottom, bottom)];
        // What can be scrolled to is not lost to those above.
        if ((cutX && scrolls(overflowX)) || (cutY && scrolls(overflowY))) return { part, lost, scrolled: true };
      }
      if (position === 'fixed') break;
    }
    return { part, lost, scrolled: false };
  };

  const pieces = [];
  const look = (element, text, rects) => {
    for (const rect of rects) {
      if (rect.width < 1 || rect.height < 1) continue;
      const { part, lost, scrolled } = visiblePart(element, rect);
      // Where the oldest gives way, what is wholly gone is meant to be.
      const ranOff = part.right - part.left < SLACK || part.bottom - part.top < SLACK;
      if (lost !== null && !(ranOff && element.closest('[data-runs-off]') !== null)) tell('cut off', short(text));
      if (part.right - part.left < SLACK || part.bottom - part.top < SLACK) continue;
      if (!scrolled && (part.left < -SLACK || part.top < -SLACK || part.right > innerWidth + SLACK || part.bottom > innerHeight + SLACK)) tell('off the window', short(text));
      pieces.push({ element, text, part });
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (text === '' || element === null || element.closest('script, style, option, svg') !== null || isUnseen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    look(element, text, range.getClientRects());
  }
  // Words that the style sheet draws (`Drawn`).
  for (const element of document.querySelectorAll('[data-words]')) if (!isUnseen(element)) look(element, element.dataset.words, element.getClientRects());

  const inWindow = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  const related = (a, b) => a.contains(b) || b.contains(a);
  /** Whether one sees nothing of what lies behind. */
  const isSolid = (element) => {
    const { backgroundColor, backgroundImage } = styleOf(element);
    const alpha = /rgba\(.*,\s*([\d.]+)\)/.exec(backgroundColor)?.[1] ?? (/\/\s*([\d.]+)\)/.exec(backgroundColor)?.[1] ?? '1');
    return (backgroundColor !== 'transparent' && Number(alpha) > 0.75) || backgroundImage !== 'none' || element instanceof HTMLCanvasElement || element instanceof HTMLImageElement;
  };
  for (const { element, text, part } of pieces) {
    const y = (part.top + part.bottom) / 2;
    for (const share of [0.1, 0.5, 0.9]) {
      const x = part.left + (part.right - part.left) * share;
      if (!inWindow(x, y)) continue;
      const stack = document.elementsFromPoint(x, y);
      const own = stack.findIndex((one) => one === element || element.contains(one));
      const over = stack.slice(0, own < 0 ? stack.length : own).find((one) => !related(one, element) && isSolid(one));
      // What is open lies over the rest, and is meant to.
      if (over !== undefined && !isOpen(over)) tell('covered', short(text));
    }
  }
  for (let a = 0; a < pieces.length; a += 1) {
    for (let b = a + 1; b < pieces.length; b += 1) {
      const [one, other] = [pieces[a], pieces[b]];
      if (related(one.element, other.element)) continue;
      const left = Math.max(one.part.left, other.part.left);
      const right = Math.min(one.part.right, other.part.right);
      const top = Math.max(one.part.top, other.part.top);
      const bottom = Math.min(one.part.bottom, other.part.bottom);
      // Lines may share a few pixels of their height without a letter touching another.
      const least = Math.min(one.part.bottom - one.part.top, other.part.bottom - other.part.top) * 0.35;
      if (right - left < SLACK || bottom - top < least) continue;
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      if (!inWindow(x, y)) continue;
      const stack = document.elementsFromPoint(x, y);
      const depth = (element) => stack.findIndex((found) => found === element || element.contains(found));
      const [first, second] = [depth(one.element), depth(other.element)].sort((p, q) => p - q);
      // Between the two, or behind the upper one, something solid hides the lower one.
      const hidden = first < 0 || stack.slice(first, second).some((found) => isSolid(found) && !(found.contains(one.element) && found.contains(other.element)));
      if (!hidden) tell('over one another', `${short(one.text)} | ${short(other.text)}`);
    }
  }
  // Under forced colours the system lays its ground behind words, whatever is behind them: those of that colour are gone.
  if (matchMedia('(forced-colors: active)').matches) {
    const probe = document.createElement('div');
    probe.style.cssText = 'forced-color-adjust: none; color: Canvas';
    document.body.append(probe);
    const canvas = getComputedStyle(probe).color;
    probe.remove();
    for (const { element, text } of pieces) if (styleOf(element).forcedColorAdjust !== 'none' && styleOf(element).color === canvas) tell('gone in forced colours', short(text));
  }
  const root = document.scrollingElement;
  if (root !== null && root.scrollWidth > innerWidth + 1) tell('scrolls sideways', 'the window');
  // Nothing shows that: the page moves under Tab.
  if (root !== null && root.scrollHeight > innerHeight) tell('higher than the window', 'the page');
  for (const box of document.querySelectorAll('*')) {
    if (styleOf(box).overflowX !== 'auto' && styleOf(box).overflowX !== 'scroll') continue;
    // Reports and links that are one line may; pages, lists and panels may not.
    if (box.scrollWidth > box.clientWidth + SLACK && box.closest('pre, [role="tablist"], [data-sideways]') === null) tell('scrolls sideways', short(box.innerText.trim().split('\n')[0] ?? box.tagName));
  }
  for (const { text } of pieces) if (/\{\{|\}\}/.test(text)) tell('a value is missing', short(text));
  style.remove();
  return [...faults.keys()];
}
