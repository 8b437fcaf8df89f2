import { act, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { markLastInput } from '../a11y/last-input';
import { open } from './render';

let end = () => {};
beforeEach(() => {
  end = markLastInput();
});
afterEach(() => end());

async function picker() {
  const opened = await open('call-may-share');
  await opened.user.click(screen.getByTestId('toggle-share'));
  const dialog = await screen.findByRole('dialog');
  const sources = within(dialog)
    .getAllByTestId('share-source')
    .map((card) => within(card).getByRole<HTMLInputElement>('radio'));
  return { ...opened, dialog, sources };
}

it('brings the card that an arrow came to into view, whole, and leaves all in its place under a pointer', async () => {
  const { user, sources } = await picker();
  const shown: Element[] = [];
  const scroll = vi.spyOn(Element.prototype, 'scrollIntoView').mockImplementation(function (this: Element) {
    shown.push(this);
  });
  await user.click(sources[0]!);
  expect(shown).toEqual([]);
  await user.keyboard('{ArrowDown}');
  expect(document.activeElement).toBe(sources[1]);
  // The name last: in a low window a card has no room.
  expect(shown).toEqual([sources[1]!.closest('label'), sources[1]!.parentElement]);
  expect(scroll).toHaveBeenCalledWith({ block: 'nearest' });
  scroll.mockRestore();
});

it('goes round from the last source to the first and back, also where none is chosen yet', async () => {
  const { dialog, sources } = await picker();
  const last = sources.at(-1)!;
  act(() => last.focus());
  // The event alone: what the browser does with it is WebKit's nothing.
  fireEvent.keyDown(last, { key: 'ArrowDown' });
  expect(sources[0]).toHaveFocus();
  expect(sources[0]).toBeChecked();
  fireEvent.keyDown(sources[0]!, { key: 'ArrowUp' });
  expect(last).toHaveFocus();
  expect(last).toBeChecked();
  // The other group of the dialog is not meant.
  expect(within(dialog).getByRole('radio', { name: 'Automatique' })).toBeChecked();
});
