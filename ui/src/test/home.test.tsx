import { act, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { expectAccessible, open } from './render';

it('recognises while typing and opens with Enter', async () => {
  const { user, sent } = await open('home');
  const field = screen.getByTestId('link-field');
  expect(field).toHaveFocus();
  await user.type(field, 'Rendez-vous : wss://visio.agglo.example/?room=archives&token=x');
  await waitFor(() => expect(screen.getByTestId('recognised')).toHaveTextContent('Salle « archives » sur visio.agglo.example'));
  expect(sent('recognise').length).toBeLessThan(10);
  await user.keyboard('{Enter}');
  expect(sent('open_link')).toHaveLength(1);
  await waitFor(() => expect(document.body.dataset['phase']).toBe('pre_join'));
});

it('says what is wrong with a text and what to do, until it is edited', async () => {
  const { user } = await open('home');
  const field = screen.getByTestId('link-field');
  await user.type(field, 'rien');
  await user.click(screen.getByTestId('open'));
  const issue = await screen.findByTestId('issue');
  expect(issue).toHaveTextContent('Ce lien ne mène pas à une réunion que Visavis sait ouvrir.');
  expect(issue).toHaveTextContent('Ce texte ne contient aucun lien de réunion.');
  expect(issue).toHaveTextContent('VIS-JOIN-LINK-39');
  await user.type(field, 'x');
  expect(screen.queryByTestId('issue')).toBeNull();
});

it('says again what is wrong where the same text is opened again', async () => {
  const { user, engine } = await open('home', { shell: { announces: true } });
  const said = () => engine.announced.filter((text) => text.includes('Ce lien ne mène pas'));
  await user.type(screen.getByTestId('link-field'), 'rien{Enter}');
  await waitFor(() => expect(said()).toHaveLength(1));
  await user.keyboard('{Enter}');
  await waitFor(() => expect(said()).toHaveLength(2));
});

it('says what is wrong with a link that failed before there was a field, once', async () => {
  const first = await open('home-unknown', { shell: { announces: true } });
  const said = ({ engine }: Pick<typeof first, 'engine'>) => engine.announced.filter((text) => text.includes('Ce lien ne mène pas'));
  expect(screen.getByTestId('link-field')).toHaveFocus();
  await waitFor(() => expect(said(first)).toHaveLength(1));
  expect(screen.getByTestId('assertive')).toHaveTextContent('Ce texte ne contient aucun lien de réunion.');
  first.unmount();
  // The way home and the link that leads nowhere come together.
  const later = await open('prejoin', { shell: { announces: true } });
  act(() => later.engine.patch({ key: 'phase', value: { kind: 'home' } }, { key: 'issues', value: [issue('VIS-JOIN-LINK-39', 'check_link', { cause: 'no_link' })] }));
  await waitFor(() => expect(said(later)).toHaveLength(1));
});

it('also shows an issue that the command itself is refused with', async () => {
  const { user, engine } = await open('home');
  engine.refuse('open_link', { code: 'VIS-JOIN-POLICY-37', params: { host: 'a.example' }, action: 'none' });
  await user.type(screen.getByTestId('link-field'), 'wss://a.example{Enter}');
  expect(await screen.findByTestId('issue')).toHaveTextContent('a.example n’est pas dans la liste');
});

it('does nothing with an empty field but point to it', async () => {
  const { user, sent } = await open('home');
  await user.click(screen.getByTestId('open'));
  expect(sent('open_link')).toHaveLength(0);
  expect(screen.getByTestId('link-field')).toHaveFocus();
});

it('sends the name as it is typed', async () => {
  const { user, engine } = await open('home');
  await user.clear(screen.getByTestId('name-field'));
  await user.type(screen.getByTestId('name-field'), 'Liên');
  expect(engine.snapshot.me.name).toBe('Liên');
});

it('reads the clipboard when somebody presses the key for it, and never before', async () => {
  const { engine, user } = await open('home');
  const field = screen.getByTestId('link-field');
  const read = vi.spyOn(engine, 'pastedText');
  expect(read).not.toHaveBeenCalled();
  await user.click(screen.getByTestId('paste'));
  expect(await screen.findByText('Le presse-papiers ne contient pas de texte.')).toBeInTheDocument();
  engine.clipboard(new Error('failed'));
  await user.click(screen.getByTestId('paste'));
  expect(await screen.findByText(/n’a pas pu être lu/)).toBeInTheDocument();
  engine.clipboard('  wss://visio.agglo.example/?room=archives\n');
  await user.click(screen.getByTestId('paste'));
  await waitFor(() => expect(field).toHaveValue('wss://visio.agglo.example/?room=archives'));
  expect(field).toHaveFocus();
  expect(screen.queryByTestId('paste')).toBeNull();
  await expectAccessible();
});

it('takes what was copied from the tray too', async () => {
  const { engine } = await open('home');
  engine.clipboard('https://visio.agglo.example/abc-defg-hij');
  act(() => engine.askToPaste());
  await waitFor(() => expect(screen.getByTestId('link-field')).toHaveValue('https://visio.agglo.example/abc-defg-hij'));
});
