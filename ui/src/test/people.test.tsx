import { act, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { open } from './render';

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

/** What is said from now on where it can wait, each text once. */
function listen(): string[] {
  const said: string[] = [];
  const hear = new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => said.push(node.textContent ?? ''))));
  hear.observe(screen.getByTestId('polite'), { childList: true });
  return said;
}

it('says what a search has found once it is typed, and lets go of it however few are left', async () => {
  const { user, engine } = await open('call-30', { ui: { panels: ['people'] } });
  await pass(3000);
  const said = listen();
  const field = screen.getByTestId('find-person');
  await user.type(field, 'xyz');
  expect(screen.getByTestId('nobody-found')).toHaveTextContent('Personne de ce nom.');
  // Nothing else tells a screen reader: each letter would be told.
  expect(screen.getByTestId('nobody-found').closest('[role="status"], [aria-live]')).toBeNull();
  expect(said).toEqual([]);
  await pass(2000);
  expect(said).toEqual(['Personne de ce nom.']);
  // What is searched for no more is not told a moment later.
  await user.type(field, 'x');
  await user.clear(field);
  expect(screen.queryByTestId('nobody-found')).toBeNull();
  await pass(3000);
  expect(said).toHaveLength(1);
  const [first, ...others] = Object.values(engine.snapshot.participants);
  if (first === undefined) throw new Error('nobody is there');
  const someone = { ...first, name: 'Ægidius Zwaan' };
  act(() => engine.patch({ key: 'participant', value: someone }));
  await pass(3000);
  said.length = 0;
  await user.type(field, someone.name);
  await pass(2000);
  expect(said).toEqual(['1 personne trouvée']);
  // Who comes while the text stands there is no news of the search.
  const [second] = others;
  if (second === undefined) throw new Error('only one is there');
  act(() => engine.patch({ key: 'participant', value: { ...second, name: `${someone.name} junior` } }));
  await pass(3000);
  expect(said).toHaveLength(1);
  act(() => engine.patch({ key: 'participant', value: second }));
  act(() => engine.patch(...others.slice(4).flatMap((one) => (one === undefined ? [] : [{ key: 'participant_gone' as const, value: one.id }]))));
  expect(screen.getAllByTestId('person')).toHaveLength(1);
  expect(field).toBeVisible();
  await user.clear(field);
  expect(screen.getAllByTestId('person')).toHaveLength(6);
  expect(field).toHaveFocus();
});

it('says which one is oneself beside the name, which alone is shortened', async () => {
  await open('call-9', { ui: { panels: ['people'] } });
  const own = screen.getAllByTestId('person').find((one) => one.dataset['self'] !== undefined) ?? document.body;
  expect(own).toHaveAccessibleName(/^Camille Renard \(vous\), /);
  const mark = within(own).getByText('(vous)');
  expect(mark.previousElementSibling).toHaveTextContent(/^Camille Renard$/);
});
