import { act, renderHook, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { nextFrame } from '../test/render';
import { ROWS_A_FRAME, useGrowing } from './useGrowing';

const open = (total: number) => renderHook(({ total, of }) => useGrowing(total, of), { initialProps: { total, of: '' } });

it('shows a short list at once', () => {
  expect(open(0).result.current).toBe(0);
  expect(open(ROWS_A_FRAME).result.current).toBe(ROWS_A_FRAME);
});

it('grows a part a frame until all are there, and stays so as one comes', async () => {
  const { result, rerender } = open(60);
  expect(result.current).toBe(ROWS_A_FRAME);
  await act(nextFrame);
  expect(result.current).toBe(2 * ROWS_A_FRAME);
  await waitFor(() => expect(result.current).toBe(60));
  rerender({ total: 61, of: '' });
  expect(result.current).toBe(61);
});

it('begins anew with another search, and where many come at once after many went', async () => {
  const { result, rerender } = open(150);
  await waitFor(() => expect(result.current).toBe(150));
  rerender({ total: 40, of: 'a' });
  expect(result.current).toBe(ROWS_A_FRAME);
  await waitFor(() => expect(result.current).toBe(40));
  rerender({ total: 150, of: 'a' });
  expect(result.current).toBe(2 * ROWS_A_FRAME);
  await waitFor(() => expect(result.current).toBe(150));
});
