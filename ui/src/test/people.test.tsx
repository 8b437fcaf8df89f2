import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { open } from './render';

it('says what a search has found, and lets go of it however few are left', async () => {
  const { user, engine } = await open('call-30', { ui: { panels: ['people'] } });
  const found = screen.getByTestId('people-found');
  expect(found).toHaveAttribute('role', 'status');
  expect(found).toBeEmptyDOMElement();
  const field = screen.getByTestId('find-person');
  await user.type(field, 'xyz');
  expect(found).toHaveTextContent('Personne de ce nom.');
  await user.clear(field);
  expect(found).toBeEmptyDOMElement();
  const [first, ...others] = Object.values(engine.snapshot.participants);
  if (first === undefined) throw new Error('nobody is there');
  const someone = { ...first, name: 'Ægidius Zwaan' };
  act(() => engine.patch({ key: 'participant', value: someone }));
  await user.type(field, someone.name);
  expect(screen.getByTestId('people-found')).toBe(found);
  expect(found).toHaveTextContent('1 personne trouvée');
  act(() => engine.patch(...others.slice(4).flatMap((one) => (one === undefined ? [] : [{ key: 'participant_gone' as const, value: one.id }]))));
  expect(screen.getAllByTestId('person')).toHaveLength(1);
  expect(field).toBeVisible();
  await user.clear(field);
  expect(screen.getAllByTestId('person')).toHaveLength(6);
  expect(field).toHaveFocus();
});
