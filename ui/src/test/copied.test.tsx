import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { open, openDoctor } from './render';

const shell = { announces: true };
const plain = (texts: readonly string[]) => texts.map((text) => text.replaceAll(/[\u00a0\u202f]/g, ' '));
type Opened = Pick<Awaited<ReturnType<typeof open>>, 'engine' | 'user'>;

/** Copies three times, the last time in vain, and returns what a screen reader was given to say meanwhile. */
async function thrice({ engine, user }: Opened, key: () => HTMLElement): Promise<string[]> {
  await act(async () => undefined);
  engine.announced.length = 0;
  await user.click(key());
  await user.click(key());
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('refused'));
  await user.click(key());
  await act(async () => undefined);
  return plain(engine.announced);
}

afterEach(() => vi.restoreAllMocks());

it('says of each copy what came of it, in the error view without the error', async () => {
  const opened = await open('error-vis-net-tls-06', { shell });
  const said = await thrice(opened, () => screen.getByRole('button', { name: 'Copier pour l’assistance' }));
  expect(said).toEqual(['Rapport copié', 'Rapport copié', 'Le rapport n’a pas pu être copié.']);
});

it('says with the error view what went wrong, and nothing of its keys', async () => {
  const opened = await open('error-vis-net-tls-06', { shell });
  const alert = screen.getByRole('alert');
  expect(alert).toContainElement(screen.getByRole('heading', { level: 1 }));
  expect(alert.querySelector('button')).toBeNull();
  expect(opened.engine.announced.join()).not.toContain('VIS-NET-TLS-06');
});

it('says it of the invitation', async () => {
  const opened = await open('call-moderate', { shell, ui: { panels: ['meeting'] } });
  const said = await thrice(opened, () => screen.getByTestId('copy-link'));
  expect(said.slice(0, 2)).toEqual(['Copié', 'Copié']);
  expect(said).toHaveLength(3);
});

it('says it of the history of captions', async () => {
  const opened = await open('call-captions', { shell, ui: { panels: ['captions'] } });
  const said = await thrice(opened, () => screen.getByTestId('copy-captions'));
  expect(said.slice(0, 2)).toEqual(['Copié', 'Copié']);
  expect(said).toHaveLength(3);
});

it('says it of the doctor’s report', async () => {
  const opened = await openDoctor('doctor-detour', { shell });
  const said = await thrice(opened, () => screen.getByTestId('doctor-copy'));
  expect(said).toHaveLength(3);
  expect(said[0]).toBe(said[1]);
  expect(said[2]).not.toBe(said[1]);
});

it('says it of the organisation’s rules', async () => {
  const opened = await open('prejoin-managed', { shell, ui: { rulesOpen: true } });
  // Which meeting it is.
  await waitFor(() => expect(screen.getByTestId('polite')).not.toBeEmptyDOMElement());
  const said = await thrice(opened, () => screen.getByRole('button', { name: 'Copier pour l’assistance' }));
  expect(said).toHaveLength(3);
  expect(said[0]).toBe(said[1]);
});

it('says it of an own room', async () => {
  const opened = await open('home-many-rooms', { shell });
  const said = await thrice(opened, () => screen.getAllByTestId('copy-room')[0] ?? document.body);
  expect(said).toHaveLength(3);
  expect(said[0]).toBe(said[1]);
});
