import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ledTo } from '../panels/useRowFocus';
import { expectAccessible, nextFrame, open } from './render';

const rows = () => screen.getAllByTestId('person');
const row = (id: string) => rows().find((one) => one.dataset['participant'] === id) ?? document.body;
const stops = () => [...document.querySelectorAll<HTMLElement>('[data-stop]')];
const toggle = '{Control>}{Shift>}p{/Shift}{/Control}';

it('leads from row to row in the same column, and in a row from key to key', () => {
  const all = [['self'], ['handA', 'menuA'], ['menuB']];
  const by = (at: number, from: number, ...keys: string[]) => keys.map((key) => ledTo(all, at, from, key));
  expect(by(0, 0, 'ArrowUp', 'ArrowDown', 'End', 'Home', 'ArrowRight', 'x')).toEqual([null, 'menuA', 'menuB', null, null, null]);
  expect(by(1, 0, 'ArrowUp', 'ArrowDown', 'ArrowRight', 'ArrowLeft')).toEqual(['self', 'menuB', 'menuA', null]);
  expect(by(1, 1, 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight')).toEqual(['self', 'menuB', 'handA', null]);
  expect(by(2, 0, 'ArrowUp', 'Home', 'ArrowDown')).toEqual(['menuA', 'self', null]);
});

it('takes the focus to its first row as it opens, and goes on by arrows; Tab stops there once', async () => {
  const { user } = await open('call-9');
  await user.keyboard(toggle);
  await waitFor(() => expect(rows()[0]).toContainElement(document.activeElement as HTMLElement));
  const first = document.activeElement;
  await user.keyboard('{ArrowDown}');
  expect(rows()[1]).toContainElement(document.activeElement as HTMLElement);
  await user.keyboard('{End}');
  expect(rows().at(-1)).toContainElement(document.activeElement as HTMLElement);
  const last = document.activeElement as HTMLElement;
  expect(stops().filter((stop) => stop.tabIndex === 0)).toEqual([last]);
  await user.tab();
  expect(stops()).not.toContain(document.activeElement);
  await user.tab({ shift: true });
  expect(last).toHaveFocus();
  await user.keyboard('{Home}');
  expect(first).toHaveFocus();
  // Oneself is reached too, whose row has no menu.
  const own = rows().find((one) => one.dataset['self'] !== undefined) ?? document.body;
  for (let step = rows().indexOf(own); step > 0; step--) await user.keyboard('{ArrowDown}');
  expect(own).toContainElement(document.activeElement as HTMLElement);
  await expectAccessible();
  // Whoever comes back begins at the top.
  await user.keyboard(`{End}${toggle}`);
  await act(nextFrame);
  await user.keyboard(toggle);
  await waitFor(() => expect(rows()[0]).toContainElement(document.activeElement as HTMLElement));
});

it('goes past the key that lowers a hand, and follows whoever raises one', async () => {
  const { engine, user } = await open('call-moderate', { ui: { panels: ['people'] } });
  const value = engine.snapshot.participants['julien'];
  if (value === undefined) throw new Error('nobody');
  act(() => within(row('julien')).getByTestId('person-menu').focus());
  act(() => engine.patch({ key: 'participant', value: { ...value, hand: 1 } }));
  // The stop of Tab went along with the row.
  const marked = stops().filter((stop) => stop.tabIndex === 0);
  expect(marked).toHaveLength(1);
  act(() => within(row('julien')).getByTestId('person-menu').focus());
  await user.keyboard('{ArrowLeft}');
  expect(within(row('julien')).getByTestId('lower-hand')).toHaveFocus();
  const at = rows().indexOf(row('julien'));
  await user.keyboard('{ArrowDown}');
  expect(rows()[at + 1]).toContainElement(document.activeElement as HTMLElement);
});

it('goes on with the next person where one leaves', async () => {
  const { engine } = await open('call-moderate', { ui: { panels: ['people'] } });
  const all = screen.getAllByTestId('person-menu');
  const at = all.indexOf(within(row('julien')).getByTestId('person-menu'));
  act(() => all[at]?.focus());
  act(() => engine.patch({ key: 'participant_gone', value: 'julien' }));
  await waitFor(() => expect(all[at + 1]).toHaveFocus());
  expect(all[at + 1]?.tabIndex).toBe(0);
});

it('begins with the search where there are many', async () => {
  const { user } = await open('call-30');
  await user.keyboard(toggle);
  await waitFor(() => expect(screen.getByTestId('find-person')).toHaveFocus());
});
