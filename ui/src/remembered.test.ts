import { expect, it, vi } from 'vitest';
import type { Phase, WindowChoices } from './engine/contract';
import { NO_CHOICES } from './engine/store';
import { Remembered } from './remembered';
import { START_STATE as START } from './ui-state';

const meeting = (room: string): Phase => ({ kind: 'in_meeting', link: { kind: 'visio', host: 'v.example', room, secure: true }, reconnecting_for: null });
const SOFIA = { id: 'guest-7', name: 'Sofia' };

it('finds the interpreter of a meeting again by name, and of no other', () => {
  const keep = vi.fn<(choices: WindowChoices) => void>();
  const memory = new Remembered(NO_CHOICES, keep);
  expect(memory.recall(meeting('a'))).not.toHaveProperty('interpreter');
  memory.changed(meeting('a'), START, { ...START, interpreter: SOFIA });
  expect(keep).toHaveBeenLastCalledWith({ ...NO_CHOICES, interpreters: [{ host: 'v.example', room: 'a', name: 'Sofia' }] });
  // As after a new start: the server may call them by another identity.
  const later = new Remembered(keep.mock.lastCall?.[0] ?? NO_CHOICES, keep);
  expect(later.recall(meeting('a'))).toMatchObject({ interpreter: { id: null, name: 'Sofia' } });
  expect(later.recall(meeting('b'))).not.toHaveProperty('interpreter');
  expect(later.recall({ kind: 'home' })).not.toHaveProperty('interpreter');
  later.changed(meeting('a'), { ...START, interpreter: SOFIA }, START);
  expect(keep).toHaveBeenLastCalledWith(NO_CHOICES);
});

it('keeps layout and own picture for all meetings, and says nothing of what does not last', () => {
  const keep = vi.fn<(choices: WindowChoices) => void>();
  const memory = new Remembered(NO_CHOICES, keep);
  memory.changed(meeting('a'), START, { ...START, page: 3, panels: ['chat'] });
  expect(keep).not.toHaveBeenCalled();
  memory.changed(meeting('a'), START, { ...START, corner: 'topLeft', selfHidden: true, layout: 'grid' });
  expect(keep).toHaveBeenCalledTimes(1);
  expect(memory.recall(meeting('b'))).toEqual({ corner: 'topLeft', selfHidden: true, layout: 'grid' });
});

it('keeps what was begun to be written for its meeting, in this window alone', () => {
  const keep = vi.fn<(choices: WindowChoices) => void>();
  const memory = new Remembered(NO_CHOICES, keep);
  memory.changed(meeting('a'), START, { ...START, chatDraft: 'Je crois' });
  expect(memory.recall(meeting('a'))).toMatchObject({ chatDraft: 'Je crois' });
  expect(memory.recall(meeting('b'))).not.toHaveProperty('chatDraft');
  expect(memory.recall({ kind: 'home' })).not.toHaveProperty('chatDraft');
  expect(keep).not.toHaveBeenCalled();
});
