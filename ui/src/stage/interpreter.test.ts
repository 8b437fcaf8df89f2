import { expect, it } from 'vitest';
import { person } from '../engine/fake/scenarios';
import { interpreterKey } from './interpreter';

const people = [person(0, { id: 'a', name: 'Sofia' }), person(1, { id: 'b', name: 'Sofia' }), person(2, { id: 'c', name: 'Julien' })];

it('is who was marked, whatever they are called by now', () => {
  expect(interpreterKey({ id: 'c', name: 'Sofia' }, people)).toBe('person:c');
});

it('is whoever has the name, the first of them, where they came anew', () => {
  expect(interpreterKey({ id: 'gone', name: 'Sofia' }, people)).toBe('person:a');
  expect(interpreterKey({ id: null, name: 'Julien' }, people)).toBe('person:c');
});

it('is nobody where nobody is marked or they are away', () => {
  expect(interpreterKey(null, people)).toBeNull();
  expect(interpreterKey({ id: null, name: 'Nadia' }, people)).toBeNull();
  expect(interpreterKey({ id: null, name: '' }, people)).toBeNull();
});
