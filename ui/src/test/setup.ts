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

vi.stubGlobal('ResizeObserver', SizeOnce);
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
// Tiles say where they are in their style; that is what the reporter then measures.
Element.prototype.getBoundingClientRect = function (this: HTMLElement) {
  const px = (text: string | undefined, other: number) => (text ? Number.parseFloat(text) : other);
  const style = this.style as CSSStyleDeclaration | undefined;
  const left = px(style?.left, 0);
  const top = px(style?.top, 0);
  const width = px(style?.width, 100);
  const height = px(style?.height, 20);
  return { x: left, y: top, left, top, width, height, right: left + width, bottom: top + height } as DOMRect;
};

afterEach(() => {
  cleanup();
  delete document.documentElement.dataset['contrast'];
});
