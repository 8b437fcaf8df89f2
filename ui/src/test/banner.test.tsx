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

it('the notice of a transcript speaks of the microphone, and of no camera', async () => {
  await open('call-transcript');
  expect(banner()).toHaveTextContent('Ce qui se dit dans cette réunion est transcrit. Vous pouvez couper le micro ou quitter.');
});
