import { act, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { expectAccessible, open } from './render';

const TEAMS = 'https://teams.microsoft.com/meet/3456789012345';

it('says under the field whose meeting it is, and gives it to the browser', async () => {
  const { engine, user, sent } = await open('home');
  const opened = vi.spyOn(engine, 'openExternal');
  await user.type(screen.getByTestId('link-field'), TEAMS);
  await waitFor(() => expect(screen.getByTestId('elsewhere')).toHaveTextContent('Teams, dans le navigateur (teams.microsoft.com)'));
  expect(screen.getByTestId('open')).toHaveTextContent('Ouvrir');
  await expectAccessible();
  await user.keyboard('{Enter}');
  expect(opened).toHaveBeenCalledExactlyOnceWith(TEAMS);
  expect(sent('open_link')).toEqual([]);
});

it('does not take what was typed since for what was looked at', async () => {
  const { engine, user, sent } = await open('home');
  const opened = vi.spyOn(engine, 'openExternal');
  const field = screen.getByTestId('link-field');
  await user.type(field, TEAMS);
  await waitFor(() => expect(screen.getByTestId('elsewhere')).toBeVisible());
  await user.clear(field);
  await user.paste('wss://visio.agglo.example/?room=archives&token=x');
  await user.keyboard('{Enter}');
  expect(opened).not.toHaveBeenCalled();
  expect(sent('open_link').at(-1)?.text).toContain('archives');
});

it('asks where such a link comes from outside', async () => {
  const { engine, user, sent } = await open('call-live');
  const opened = vi.spyOn(engine, 'openExternal').mockRejectedValueOnce('failed');
  act(() =>
    engine.patch({ key: 'elsewhere', value: { service: 'zoom', host: 'zoom.us', url: 'https://zoom.us/j/1', asked: true, refused: false } }),
  );
  expect(screen.getByRole('dialog', { name: 'Cette réunion se tient sur Zoom' })).toHaveTextContent('à l’adresse zoom.us');
  await expectAccessible();
  await user.click(screen.getByTestId('elsewhere-open'));
  await waitFor(() => expect(screen.getByRole('dialog')).toHaveTextContent('Aucun navigateur ne s’est ouvert.'));
  await user.click(screen.getByTestId('elsewhere-open'));
  expect(opened).toHaveBeenCalledTimes(2);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent('dismiss_elsewhere')).toHaveLength(1);
});

it('does not open what the organisation refuses', async () => {
  const { engine, user } = await open('home');
  act(() =>
    engine.patch({ key: 'elsewhere', value: { service: 'zoom', host: 'zoom.us', url: 'https://zoom.us/j/1', asked: true, refused: true } }),
  );
  expect(screen.getByRole('dialog')).toHaveTextContent('Votre organisation n’autorise pas les réunions sur Zoom.');
  expect(screen.queryByTestId('elsewhere-open')).toBeNull();
  await expectAccessible();
  await user.click(screen.getByTestId('elsewhere-cancel'));
  expect(engine.snapshot.elsewhere).toBeNull();
});

it('leads from a refusal to the rule', async () => {
  const { engine, user } = await open('home');
  act(() =>
    engine.patch({ key: 'elsewhere', value: { service: 'zoom', host: 'zoom.us', url: 'https://zoom.us/j/1', asked: true, refused: true } }),
  );
  await user.click(screen.getByRole('button', { name: 'Voir la règle' }));
  expect(engine.snapshot.elsewhere).toBeNull();
  await waitFor(() => expect(screen.getByRole('dialog', { name: 'Géré par votre organisation' })).toBeVisible());
});

it('gives the browser a whole link that leads to no meeting that is known', async () => {
  const { engine, user, sent } = await open('home-other-page');
  const opened = vi.spyOn(engine, 'openExternal').mockRejectedValueOnce('failed');
  expect(screen.getByTestId('issue')).toHaveTextContent('Le lien vers moodle.univ.test n’est celui d’aucune réunion que Visavis connaît.');
  await expectAccessible();
  const key = screen.getByRole('button', { name: 'Ouvrir dans le navigateur' });
  await user.click(key);
  expect(screen.getByTestId('issue')).toBeVisible();
  await user.click(key);
  expect(opened).toHaveBeenLastCalledWith('https://moodle.univ.test/mod/forum/view.php?id=1234');
  await waitFor(() => expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: 'VIS-JOIN-LINK-39' }]));
});

it('tells why a link of the chat is not opened', async () => {
  const { engine, user, sent } = await open('call-live');
  act(() => engine.patch({ key: 'message', value: { id: 'm', author: 'a', author_name: 'Sofia', own: false, text: `Là : ${TEAMS}`, at: 0, edited: false, sending: 'sent' } }));
  await user.click(screen.getByTestId('toggle-chat'));
  const link = await screen.findByRole('link', { name: TEAMS.replace('https://', '') });
  const opened = vi.spyOn(engine, 'openExternal');
  await user.click(link);
  expect(opened).toHaveBeenCalledExactlyOnceWith(TEAMS);
  expect(sent('offer')).toEqual([]);
  opened.mockRejectedValueOnce('managed');
  await user.click(link);
  expect(sent('offer')).toEqual([{ kind: 'offer', text: TEAMS, direct: false, microphone_off: false, camera_off: false }]);
});
