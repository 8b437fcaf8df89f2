import { describe, expect, it } from 'vitest';
import { canPan, fitScale, fullSize, inside, LEAST, MOST, pan, placeZoomed, scaleOf, type Zoom, zoomStep, zoomTo, zoomWheel } from './zoom';

const TILE = { width: 960, height: 540 };
const HD = { width: 1920, height: 1080 };
const RECT = { x: 100, y: 50, ...TILE };
const MIDDLE: Zoom = { scale: 1, x: 0.5, y: 0.5 };

describe('steps', () => {
  it('begin at what is shown and stay between 50 and 400 per cent', () => {
    expect(fitScale(TILE, HD)).toBe(0.5);
    const up: number[] = [];
    let zoom: Zoom | null = null;
    for (let press = 0; press < 12; press++) {
      zoom = zoomStep(zoom, 1, TILE, HD);
      if (zoom !== null) up.push(zoom.scale);
    }
    expect([...new Set(up)]).toEqual([0.75, 1, 1.25, 1.5, 2, 3, MOST]);
    for (let press = 0; press < 12; press++) zoom = zoomStep(zoom, -1, TILE, HD);
    expect(zoom?.scale ?? LEAST).toBe(LEAST);
  });

  it('go back to all of it where that is smaller than the least step', () => {
    const large = { width: 3840, height: 2160 };
    const first = zoomStep(null, 1, TILE, large);
    expect(first?.scale).toBe(0.5);
    expect(zoomStep(first, -1, TILE, large)).toBeNull();
    expect(zoomStep(null, -1, TILE, large)).toBeNull();
  });

  it('may be smaller than all of it', () => {
    const small = { width: 480, height: 270 };
    expect(scaleOf(null, TILE, small)).toBe(2);
    expect(zoomStep(null, -1, TILE, small)?.scale).toBe(1.5);
  });
});

describe('zooming at a point', () => {
  it('leaves there what is under it', () => {
    const at = { x: 300, y: -100 };
    const under = (zoom: Zoom) => [zoom.x + at.x / (HD.width * zoom.scale), zoom.y + at.y / (HD.height * zoom.scale)];
    const before = zoomTo(null, 1, TILE, HD);
    const after = zoomTo(before, 2.5, TILE, HD, at);
    expect(under(after)[0]).toBeCloseTo(under(before)[0] ?? 0, 10);
    expect(under(after)[1]).toBeCloseTo(under(before)[1] ?? 0, 10);
  });

  it('turns with the wheel, up to the limits', () => {
    const closer = zoomWheel(null, -100, TILE, HD, { x: 0, y: 0 });
    expect(closer.scale).toBeCloseTo(0.5 * Math.exp(0.2), 10);
    expect(zoomWheel(closer, -1e9, TILE, HD, { x: 0, y: 0 }).scale).toBe(MOST);
    expect(zoomWheel(closer, 1e9, TILE, HD, { x: 0, y: 0 }).scale).toBe(LEAST);
  });
});

describe('panning', () => {
  it('goes with the pixels and ends at the edge', () => {
    const right = pan(MIDDLE, 96, 0, TILE, HD);
    expect(right).toEqual({ scale: 1, x: 0.55, y: 0.5 });
    expect(pan(MIDDLE, 1e6, -1e6, TILE, HD)).toEqual({ scale: 1, x: 0.75, y: 0.25 });
    expect(canPan(MIDDLE, TILE, HD)).toBe(true);
    expect(canPan(null, TILE, HD)).toBe(false);
    expect(canPan({ ...MIDDLE, scale: 0.5 }, TILE, HD)).toBe(false);
  });

  it('knows nothing beyond the edge, also after the tile has grown', () => {
    const corner = pan(MIDDLE, 1e6, 1e6, TILE, HD);
    expect(inside(corner, { width: 1920, height: 1080 }, HD)).toEqual(MIDDLE);
  });
});

describe('where it goes', () => {
  it('is pixel for pixel at 100 per cent', () => {
    expect(placeZoomed(RECT, MIDDLE, HD)).toEqual({ rect: RECT, part: { x: 16_384, y: 16_384, width: 32_768, height: 32_768 } });
  });

  it('is in the middle of the tile where the picture is smaller', () => {
    const { rect, part } = placeZoomed(RECT, { scale: 0.5, x: 0.1, y: 0.9 }, { width: 800, height: 1080 });
    expect(rect).toEqual({ x: 100 + 280, y: 50, width: 400, height: 540 });
    expect(part).toEqual({ x: 0, y: 0, width: 65_536, height: 65_536 });
  });

  it('fills one side and is a part along the other', () => {
    const { rect, part } = placeZoomed(RECT, { scale: 1, x: 0.5, y: 0 }, { width: 600, height: 5400 });
    expect(rect).toEqual({ x: 100 + 180, y: 50, width: 600, height: 540 });
    expect(part).toEqual({ x: 0, y: 0, width: 65_536, height: 6554 });
  });

  it('never leaves the picture', () => {
    for (const scale of [0.5, 0.9, 1, 1.37, 4]) {
      for (const middle of [-3, 0, 0.2, 0.77, 1, 9]) {
        const { rect, part } = placeZoomed(RECT, { scale, x: middle, y: middle }, { width: 1366, height: 768 });
        expect(part.x + part.width).toBeLessThanOrEqual(65_536);
        expect(part.y + part.height).toBeLessThanOrEqual(65_536);
        expect(rect.width).toBeLessThanOrEqual(RECT.width);
        expect(rect.x).toBeGreaterThanOrEqual(RECT.x);
      }
    }
  });
});

it('refers per cents to the largest layer, as long as it has the shape of what comes', () => {
  expect(fullSize({ width: 640, height: 360 }, HD)).toEqual(HD);
  expect(fullSize(null, HD)).toEqual(HD);
  expect(fullSize(HD, null)).toEqual(HD);
  expect(fullSize({ width: 800, height: 600 }, HD)).toEqual({ width: 800, height: 600 });
  expect(fullSize({ width: 2560, height: 1440 }, HD)).toEqual({ width: 2560, height: 1440 });
  expect(fullSize(null, null)).toBeNull();
});
