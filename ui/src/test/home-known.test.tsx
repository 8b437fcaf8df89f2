import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { expectAccessible, open } from './render';

it('joins a recent meeting by its named key', async () => {
  const { user, sent } = await open('home-recent');
  expect(screen.getAllByTestId('recent')).toHaveLength(3);
  await user.click(screen.getByRole('button', { name: /^Rejoindre acc-ueil-pub, / }));
  expect(sent('open_link')).toEqual([{ kind: 'open_link', text: 'https://visio.agglo.example/acc-ueil-pub' }]);
});

it('clears the list after asking once', async () => {
  const { user, sent } = await open('home-recent');
  await user.click(screen.getByTestId('clear-recent'));
  expect(screen.getByRole('button', { name: 'Garder' })).toHaveFocus();
  await expectAccessible();
  await user.keyboard('{Enter}');
  expect(sent('forget_recent')).toHaveLength(0);
  await user.click(screen.getByTestId('clear-recent'));
  await user.click(screen.getByTestId('ask-yes'));
  expect(sent('forget_recent')).toHaveLength(1);
  expect(screen.queryByTestId('recent')).toBeNull();
});

it('takes away a server of one’s own, never the organisation’s', async () => {
  const { user, sent } = await open('home-recent');
  const [managed, own] = screen.getAllByTestId('server');
  expect(within(managed ?? document.body).queryByTestId('remove-server')).toBeNull();
  expect(managed).toHaveTextContent('Fourni par votre organisation');
  await user.click(within(own ?? document.body).getByRole('button', { name: 'Retirer le serveur meet.voisins.example' }));
  await user.click(screen.getByTestId('ask-yes'));
  expect(sent('remove_server')).toEqual([{ kind: 'remove_server', host: 'meet.voisins.example' }]);
  expect(screen.getAllByTestId('server')).toHaveLength(1);
});

it('asks before an unknown server is contacted', async () => {
  const { user, sent } = await open('home-server-unknown');
  expect(screen.getByTestId('issue')).toHaveTextContent('Visavis ne connaît pas encore le serveur meet.voisins.example. Ajouter ce serveur ?');
  await user.click(screen.getByRole('button', { name: 'Ne pas l’ajouter' }));
  expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: 'VIS-JOIN-SERVER-19' }]);
  expect(sent('add_server')).toHaveLength(0);
  await waitFor(() => expect(screen.queryByTestId('issue')).toBeNull());
});

it('goes on to the meeting once the server is added', async () => {
  const { user, sent } = await open('home-server-unknown');
  await user.click(screen.getByTestId('issue-action'));
  expect(sent('add_server')).toEqual([{ kind: 'add_server', host: 'meet.voisins.example' }]);
  expect(screen.getAllByTestId('server')).toHaveLength(1);
});
