import { expect, it } from 'vitest';
import type { Phase } from './engine/contract';
import { Remembered } from './remembered';
import { START_STATE as START } from './ui-state';

const meeting = (room: string): Phase => ({ kind: 'in_meeting', link: { kind: 'visio', host: 'v.example', room, secure: true }, reconnecting_for: null });

it('finds the interpreter of a meeting again, and of no other', () => {
  const memory = new Remembered();
  expect(memory.recall(meeting('a'))).toEqual({});
  memory.keep(meeting('a'), START, { ...START, interpreter: 'sofia' });
  expect(memory.recall(meeting('a'))).toEqual({ interpreter: 'sofia' });
  expect(memory.recall(meeting('b'))).toEqual({});
  memory.keep(meeting('a'), { ...START, interpreter: 'sofia' }, START);
  expect(memory.recall(meeting('a'))).toEqual({});
});

it('keeps the place of the own picture for all meetings', () => {
  const memory = new Remembered();
  memory.keep(meeting('a'), START, { ...START, corner: 'topLeft', selfHidden: true });
  expect(memory.recall(meeting('b'))).toEqual({ corner: 'topLeft', selfHidden: true });
});
