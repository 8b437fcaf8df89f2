import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { open } from './render';

const ALONE = issue('VIS-CALL-ALONE-69', 'stay', { seconds: '120' });
const banner = () => screen.getByTestId('banner');
const code = () => banner().dataset['code'];

describe('being alone for long', () => {
  beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => void vi.useRealTimers());

  it('is asked about before what is shared, which is there again afterwards', async () => {
    const { engine, user, sent } = await open('call-sharing');
    expect(code()).toBe('sharing');
    act(() => engine.patch({ key: 'issues', value: [ALONE] }));
    expect(code()).toBe('VIS-CALL-ALONE-69');
    await user.click(screen.getByTestId('stay'));
    expect(sent('stay')).toHaveLength(1);
    expect(code()).toBe('sharing');
  });

  it('counts from the moment it was told, behind another banner too', async () => {
    const { engine, user } = await open('call-recording');
    act(() => engine.patch({ key: 'issues', value: [ALONE] }));
    expect(code()).toBe('VIS-REC-ON-62');
    act(() => void vi.advanceTimersByTime(70_000));
    await user.click(screen.getByTestId('recording-understood'));
    expect(banner()).toHaveTextContent(/dans (50|49) secondes\./);
    // Somebody came and went: it is told anew.
    act(() => engine.patch({ key: 'issues', value: [] }));
    act(() => engine.patch({ key: 'issues', value: [ALONE] }));
    expect(banner()).toHaveTextContent('dans 2 minutes.');
  });
});

describe('what only informs', () => {
  beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => void vi.useRealTimers());
  const moved = (cause: string, name: string) => issue('VIS-DEV-MOVED-78', 'none', { cause, name, now: 'loudspeaker', loudspeaker: name });

  it('is read for its whole time, also where it takes the place of another one', async () => {
    const { engine, sent } = await open('call-2');
    const settle = () => act(() => vi.advanceTimersByTimeAsync(0));
    act(() => engine.patch({ key: 'issues', value: [moved('system', 'Casque')] }));
    await settle();
    act(() => void vi.advanceTimersByTime(7_400));
    act(() => engine.patch({ key: 'issues', value: [moved('gone', 'Enceintes')] }));
    await settle();
    act(() => void vi.advanceTimersByTime(7_400));
    expect(sent('dismiss')).toEqual([]);
    act(() => void vi.advanceTimersByTime(1_000));
    expect(sent('dismiss')).toHaveLength(1);
  });

  it('waits behind the word that nobody is heard', async () => {
    const { engine } = await open('call-2');
    const mute = issue('VIS-OUT-OSMUTE-79', 'unmute', { name: 'Casque' });
    act(() => engine.patch({ key: 'issues', value: [moved('system', 'Casque'), mute] }));
    expect(code()).toBe('VIS-OUT-OSMUTE-79');
  });
});

it('the notice of a transcript speaks of the microphone, and of no camera', async () => {
  await open('call-transcript');
  expect(banner()).toHaveTextContent('Ce qui se dit dans cette réunion est transcrit. Vous pouvez couper le micro ou quitter.');
});
