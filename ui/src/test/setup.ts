import '@testing-library/jest-dom/vitest';
import { cleanup } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

// jsdom lays nothing out: every element has the size of the mock-ups' stage, and observers tell it once.
export const STAGE = { width: 1264, height: 670 };

class SizeOnce implements ResizeObserver {
  constructor(private readonly told: ResizeObserverCallback) {}
  observe(): void {
    queueMicrotask(() => this.told([], this));
  }
  unobserve(): void {}
  disconnect(): void {}
}

/** Tells nothing: nothing is laid out, so that nothing is out of sight. */
class NeverSeen {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal('ResizeObserver', SizeOnce);
vi.stubGlobal('IntersectionObserver', NeverSeen);
vi.stubGlobal('CSS', { escape: (text: string) => text.replace(/["\\]/g, '\\$&'), supports: () => false });
window.matchMedia = (query) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;
Element.prototype.scrollIntoView = () => undefined;
Object.defineProperty(HTMLElement.prototype, 'clientWidth', { get: () => STAGE.width });
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { get: () => STAGE.height });
// A canvas without pixels: pictures are not what these tests look at.
HTMLCanvasElement.prototype.getContext = (() => null) as never;
/** As in a browser, the sides are accessors of the prototype: spreading a rectangle gives nothing. */
class FixedRect {
  readonly #box: [number, number, number, number];
  constructor(left: number, top: number, width: number, height: number) {
    this.#box = [left, top, width, height];
  }
  get left() {
    return this.#box[0];
  }
  get top() {
    return this.#box[1];
  }
  get width() {
    return this.#box[2];
  }
  get height() {
    return this.#box[3];
  }
  get right() {
    return this.left + this.width;
  }
  get bottom() {
    return this.top + this.height;
  }
  get x() {
    return this.left;
  }
  get y() {
    return this.top;
  }
}

// Tiles say where they are in their style; that is what the reporter then measures.
Element.prototype.getBoundingClientRect = function (this: HTMLElement) {
  const px = (text: string | undefined, other: number) => (text ? Number.parseFloat(text) : other);
  const style = this.style as CSSStyleDeclaration | undefined;
  return new FixedRect(
    px(style?.left, 0),
    px(style?.top, 0),
    px(style?.width, 100),
    px(style?.height, 20),
  ) as unknown as DOMRect;
};

afterEach(() => {
  cleanup();
  const root = document.documentElement;
  for (const name of Object.keys(root.dataset)) delete root.dataset[name];
  root.removeAttribute('style');
  location.hash = '';
});
