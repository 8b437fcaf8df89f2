import { describe, expect, it, vi } from 'vitest';
import type { StageLayout } from '../engine/contract';
import { nextFrame } from '../test/render';
import { deviceCover, deviceRect, frameOf, StageReporter, type TileSpec, UNSEEN_MS } from './reporter';

const box = (left: number, top: number, width: number, height: number) => ({ left, top, right: left + width, bottom: top + height });

/** An element that says where it is; `getBoundingClientRect` is that of the test setup. */
function at(left: number, top: number, width: number, height: number): HTMLElement {
  const element = document.createElement('div');
  Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  return element;
}

const spec = (over: Partial<TileSpec> = {}): TileSpec => ({ track: 'a', fit: 'cover', mirrored: false, radius: 12, veiled: false, smooth: false, layer: 0, ...over });

describe('device pixels', () => {
  it('let neighbours touch, at any scale', () => {
    for (const scale of [1, 1.25, 1.5, 1.75, 2]) {
      const a = deviceRect(box(0.4, 0, 100.3, 50), scale);
      const b = deviceRect(box(100.7, 0, 99, 50), scale);
      expect(a.x + a.width).toBe(b.x);
    }
  });

  it('never leave a cover short', () => {
    expect(deviceCover(box(10.2, 10.2, 5.1, 5.1), 1.5)).toEqual({ x: 15, y: 15, width: 8, height: 8 });
  });

  it('frame a rectangle of the browser without its middle', () => {
    const sides = frameOf(at(10, 20, 100, 50).getBoundingClientRect(), 6);
    expect(sides).toEqual([box(10, 20, 100, 6), box(10, 64, 100, 6), box(10, 26, 6, 38), box(104, 26, 6, 38)]);
  });
});

describe('the reporter', () => {
  const reports = () => {
    const sent = vi.fn<(layout: StageLayout) => void>();
    return { sent, reporter: new StageReporter(sent) };
  };

  it('counts covers only where they meet a tile, rings by their sides, and others by their shape', async () => {
    const { sent, reporter } = reports();
    reporter.addTile(at(0, 0, 200, 100), spec());
    reporter.addCover(at(8, 70, 60, 20));
    reporter.addCover(at(300, 0, 50, 50));
    reporter.addCover(at(0, 0, 200, 100), 6);
    reporter.addCover(at(100, 50, 40, 40), ({ left, top }) => [box(left, top, 10, 1), box(left, top, 0, 5)]);
    await nextFrame();
    expect(sent).toHaveBeenCalledTimes(1);
    expect(sent.mock.calls[0]?.[0].covers).toEqual([
      { x: 8, y: 70, width: 60, height: 20 },
      { x: 0, y: 0, width: 200, height: 6 },
      { x: 0, y: 94, width: 200, height: 6 },
      { x: 0, y: 6, width: 6, height: 88 },
      { x: 194, y: 6, width: 6, height: 88 },
      { x: 100, y: 50, width: 10, height: 1 },
    ]);
  });

  it('asks for nothing while the window is minimised, and for everything as soon as it is back', () => {
    vi.useFakeTimers();
    const hidden = vi.spyOn(document, 'hidden', 'get');
    const turn = (is: boolean) => {
      hidden.mockReturnValue(is);
      document.dispatchEvent(new Event('visibilitychange'));
    };
    const { sent, reporter } = reports();
    const stop = reporter.start();
    reporter.addTile(at(0, 0, 200, 100), spec());
    vi.advanceTimersByTime(100);
    expect(sent.mock.lastCall?.[0].tiles).toHaveLength(1);
    turn(true);
    vi.advanceTimersByTime(UNSEEN_MS - 1);
    turn(false);
    vi.advanceTimersByTime(2 * UNSEEN_MS);
    expect(sent.mock.lastCall?.[0].tiles, 'it was short').toHaveLength(1);
    turn(true);
    vi.advanceTimersByTime(UNSEEN_MS);
    expect(sent.mock.lastCall?.[0].tiles).toHaveLength(0);
    reporter.addTile(at(200, 0, 200, 100), spec({ track: 'b' }));
    vi.advanceTimersByTime(UNSEEN_MS);
    expect(sent.mock.lastCall?.[0].tiles).toHaveLength(0);
    turn(false);
    expect(sent.mock.lastCall?.[0].tiles).toHaveLength(2);
    stop();
    hidden.mockRestore();
    vi.useRealTimers();
  });

  it('paints the notch after the large tile, whichever came first', async () => {
    const { sent, reporter } = reports();
    reporter.addTile(at(900, 500, 256, 144), spec({ track: 'self', layer: 1 }));
    reporter.addTile(at(0, 0, 1264, 670), spec({ track: 'large' }));
    await nextFrame();
    expect(sent.mock.calls[0]?.[0].tiles.map((tile) => tile.track)).toEqual(['large', 'self']);
  });

  it('says once that nothing is shown, also when it starts', async () => {
    const { sent, reporter } = reports();
    const stop = reporter.start();
    await nextFrame();
    expect(sent.mock.calls).toEqual([[{ tiles: [], covers: [], scale_milli: 1000 }]]);
    reporter.changed();
    await nextFrame();
    expect(sent).toHaveBeenCalledTimes(1);
    stop();
  });

  it('reports the first tiles before they are painted, all of them at once', async () => {
    const { sent, reporter } = reports();
    reporter.addTile(at(0, 0, 200, 100), spec());
    reporter.addTile(at(200, 0, 200, 100), spec({ track: 'b' }));
    await Promise.resolve();
    expect(sent.mock.calls.map(([layout]) => layout.tiles.length)).toEqual([2]);
    await nextFrame();
    expect(sent).toHaveBeenCalledTimes(1);
  });

  it('reports in device pixels', async () => {
    vi.stubGlobal('devicePixelRatio', 1.5);
    const { sent, reporter } = reports();
    reporter.addTile(at(10, 10, 101, 50), spec());
    await nextFrame();
    vi.stubGlobal('devicePixelRatio', 1);
    expect(sent.mock.calls[0]?.[0]).toMatchObject({
      scale_milli: 1500,
      tiles: [{ rect: { x: 15, y: 15, width: 152, height: 75 }, radius: 18 }],
    });
  });
});
