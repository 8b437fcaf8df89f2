import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { issue } from '../engine/fake/world';
import { expectAccessible, open } from './render';

const SHARE = '{Control>}{Shift>}s{/Shift}{/Control}';
const titles = () => [...document.querySelectorAll('[role="dialog"] h2')].map((one) => one.textContent);

it('a popover gives way to a dialog that opens by keys, and its key has the focus after that', async () => {
  const { engine, user } = await open('call-may-share');
  act(() => engine.patch({ key: 'issues', value: [issue('VIS-OUT-NONE-58', 'choose_device'), issue('VIS-CAM-STOP-59', 'retry')] }));
  const key = screen.getByRole('button', { name: /1 autre/ });
  await user.click(key);
  expect(titles()).toEqual(['Messages']);
  await user.keyboard(SHARE);
  await waitFor(() => expect(titles()).toEqual([expect.stringMatching(/^Que voulez-vous partager/)]));
  expect(screen.getByRole('dialog').contains(document.activeElement)).toBe(true);
  await expectAccessible();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(titles()).toEqual([]));
  await waitFor(() => expect(key).toHaveFocus());
});

it('so does a menu', async () => {
  const { user } = await open('call-may-share');
  await user.click(screen.getByTestId('more'));
  await screen.findByRole('menu');
  await user.keyboard(SHARE);
  await waitFor(() => expect(document.querySelector('[role="menu"]')).toBeNull());
  expect(titles()).toEqual([expect.stringMatching(/^Que voulez-vous partager/)]);
});

it('and what is asked from outside', async () => {
  const { engine, user } = await open('call-2');
  await user.click(screen.getByTestId('hearing'));
  expect(titles()).toHaveLength(1);
  const before = titles()[0];
  act(() => engine.patch({ key: 'offered', value: { kind: 'visio', host: 'visio.agglo.example', room: 'abc-defg-hij', secure: true } }));
  await waitFor(() => expect(titles()).toHaveLength(1));
  expect(titles()[0]).not.toBe(before);
});
