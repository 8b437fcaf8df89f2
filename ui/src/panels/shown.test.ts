import { expect, it } from 'vitest';
import { scenario } from '../engine/fake/scenarios';
import { shownPanels } from './shown';

const member = scenario('call-2').start;

it('shows what was asked for last, as many as fit', () => {
  expect(shownPanels(['people', 'chat', 'live'], member, 2)).toEqual(['chat', 'live']);
  expect(shownPanels(['people', 'chat', 'live'], member, 1)).toEqual(['live']);
  expect(shownPanels([], member, 2)).toEqual([]);
});

it('leaves out what the room does not allow, and shows what it covered', () => {
  const silent = { ...member, room: { ...member.room, capabilities: { ...member.room.capabilities, chat: false } } };
  expect(shownPanels(['people', 'chat'], silent, 1)).toEqual(['people']);
  // There is nothing to invite with, and nothing to set.
  expect(shownPanels(['people', 'meeting'], member, 1)).toEqual(['people']);
  expect(shownPanels(['people', 'meeting'], scenario('call-moderate').start, 1)).toEqual(['meeting']);
});
