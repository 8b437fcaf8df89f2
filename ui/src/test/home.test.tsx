import { screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { open } from './render';

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
