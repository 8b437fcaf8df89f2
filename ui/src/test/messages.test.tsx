import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { expectAccessible, open } from './render';

const STOPPED = issue('VIS-REC-OFF-63', 'none', {});
const POOR = issue('VIS-MIC-NONE-50', 'choose_device', {});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

describe('a banner that only informs', () => {
  it('leaves after eight seconds, and can still be read', async () => {
    const { engine, sent } = await open('call-2');
    act(() => engine.patch({ key: 'issues', value: [STOPPED] }));
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', STOPPED.code);
    pass(7900);
    expect(sent('dismiss')).toHaveLength(0);
    pass(200);
    expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: STOPPED.code }]);
    expect(screen.queryByTestId('banner')).toBeNull();
    fireEvent.click(screen.getByTestId('more'));
    pass(50);
    fireEvent.click(screen.getByRole('menuitem', { name: 'Messages récents' }));
    pass(50);
    expect(screen.getByTestId('kept-message')).toHaveAttribute('data-code', STOPPED.code);
    await expectAccessibleNow();
  });

  it('stays as long as pointer or focus is on it, and eight seconds more', async () => {
    const { engine, sent } = await open('call-2');
    act(() => engine.patch({ key: 'issues', value: [STOPPED] }));
    pass(7000);
    fireEvent.pointerEnter(screen.getByTestId('banner'));
    pass(60_000);
    expect(sent('dismiss')).toHaveLength(0);
    const key = screen.getByTestId('banner').querySelector('button');
    act(() => key?.focus());
    fireEvent.pointerLeave(screen.getByTestId('banner'));
    pass(60_000);
    expect(sent('dismiss')).toHaveLength(0);
    act(() => key?.blur());
    pass(7900);
    expect(sent('dismiss')).toHaveLength(0);
    pass(200);
    expect(sent('dismiss')).toHaveLength(1);
  });

  it('is told once, also where it waits behind another', async () => {
    const { engine, sent } = await open('call-2');
    act(() => engine.patch({ key: 'issues', value: [POOR, STOPPED] }));
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', POOR.code);
    pass(60_000);
    // What asks for something stays, and what is behind it has not been seen yet.
    expect(sent('dismiss')).toHaveLength(0);
    act(() => engine.patch({ key: 'issues', value: [STOPPED] }));
    pass(8100);
    expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: STOPPED.code }]);
    fireEvent.click(screen.getByTestId('more'));
    pass(50);
    fireEvent.click(screen.getByRole('menuitem', { name: 'Messages récents' }));
    pass(50);
    expect(screen.getAllByTestId('kept-message')).toHaveLength(1);
  });
});

/** axe waits by timers of its own. */
async function expectAccessibleNow(): Promise<void> {
  vi.useRealTimers();
  await expectAccessible();
}
