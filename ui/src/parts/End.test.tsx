import { act, render } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { End } from './End';

it('marks its scroller while the end is out of sight', () => {
  let tell: (seen: boolean) => void = () => undefined;
  class Observer {
    constructor(told: (entries: { isIntersecting: boolean }[]) => void) {
      tell = (isIntersecting) => told([{ isIntersecting }]);
    }
    observe(): void {}
    disconnect(): void {}
  }
  const before = IntersectionObserver;
  vi.stubGlobal('IntersectionObserver', Observer);
  try {
    const { container } = render(
      <div className="scroller">
        <End scroller="scroller" />
      </div>,
    );
    const scroller = container.querySelector('.scroller');
    act(() => tell(false));
    expect(scroller?.hasAttribute('data-more')).toBe(true);
    act(() => tell(true));
    expect(scroller?.hasAttribute('data-more')).toBe(false);
  } finally {
    vi.stubGlobal('IntersectionObserver', before);
  }
});
