import { expect, it } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { keepMessage, type KeptMessage } from './kept-messages';

const MUTED = issue('VIS-CALL-MUTED-45', 'none', {});
const BY_ALICE = issue('VIS-CALL-MUTED-45', 'none', { by: 'Alice' });

it('keeps the newest first, and not without end', () => {
  let kept: KeptMessage[] = [];
  for (let at = 0; at < 200; at++) kept = keepMessage(kept, MUTED, at * 10_000);
  expect(kept).toHaveLength(50);
  expect(kept[0]?.at).toBe(1_990_000);
  expect(new Set(kept.map(({ id }) => id)).size).toBe(50);
});

it('takes the better word for the same matter, and another time as another', () => {
  const first = keepMessage([], MUTED, 1000);
  expect(keepMessage(first, BY_ALICE, 1500).map((one) => one.issue)).toEqual([BY_ALICE]);
  expect(keepMessage(first, BY_ALICE, 60_000)).toHaveLength(2);
});
