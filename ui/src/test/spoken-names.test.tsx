import { act, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Settings } from '../engine/contract';
import { USUAL } from '../engine/store';
import { open } from './render';

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

type Opened = Awaited<ReturnType<typeof open>>;
const set = ({ engine }: Opened, change: Partial<Settings>) => act(() => engine.patch({ key: 'settings', value: { ...USUAL, ...change } }));
let number = 100;
const applaud = ({ engine }: Opened, ...names: string[]) =>
  act(() => engine.patch({ key: 'together', value: { ...engine.snapshot.together, reactions: names.map((name) => ({ id: number++, from: name, name, reaction: 'clapping' as const })) } }));
/** What is said of it, once its time has come. */
const said = async () => {
  await act(() => vi.advanceTimersByTimeAsync(7000));
  const region = screen.getByTestId('polite');
  const text = region.textContent;
  region.replaceChildren();
  return text;
};

describe('reactions', () => {
  it('are told with names as they are wanted', async () => {
    const opened = await open('call-9');
    set(opened, { spoken_name: 'first' });
    applaud(opened, 'Sofia Benali', 'Julien Marchand');
    expect(await said()).toMatch(/^Bravo, 2 personnes\s: Sofia et Julien\.$/);
    set(opened, { spoken_name: 'nobody' });
    applaud(opened, 'Sofia Benali');
    expect(await said()).toBe('Quelqu’un applaudit.');
    applaud(opened, 'Sofia Benali', 'Julien Marchand');
    expect(await said()).toMatch(/^Bravo, 2 personnes\.$/);
  });

  it('are silent where less than all is said of hands, and none of them is told later', async () => {
    const opened = await open('call-9');
    for (const hands of ['essential', 'nothing'] as const) {
      set(opened, { announcements: { ...USUAL.announcements, hands } });
      applaud(opened, 'Sofia Benali');
      expect(await said(), hands).toBe('');
    }
    set(opened, {});
    expect(await said()).toBe('');
    applaud(opened, 'Julien Marchand');
    expect(await said()).toBe('Julien Marchand applaudit.');
  });
});

it('the interpreter is named as people are wanted to be', async () => {
  const opened = await open('call-9', { ui: { panels: ['people'] } });
  set(opened, { spoken_name: 'first' });
  const row = screen.getAllByTestId('person').find((one) => one.dataset['participant'] === 'sofia') ?? document.body;
  await opened.user.click(within(row).getByTestId('person-menu'));
  await opened.user.click(await screen.findByRole('menuitem', { name: 'Interprète' }));
  expect(await said()).toMatch(/^Sofia reste à l’écran/);
});
