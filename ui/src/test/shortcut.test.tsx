import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { expectAccessible, open } from './render';

it('puts a meeting of late on the desktop, as the person wants it', async () => {
  const { engine, user } = await open('home-recent');
  const recent = engine.snapshot.home.recent[0];
  await user.click(screen.getAllByTestId('put-on-desktop')[0] as HTMLElement);
  const name = screen.getByTestId('shortcut-name');
  expect(name).toHaveFocus();
  expect(name).toHaveAccessibleDescription(`Le raccourci ouvre ${recent?.text} et ne contient aucun secret.`);
  await expectAccessible();
  await user.clear(name);
  await user.type(name, 'Point du lundi');
  await user.click(screen.getByLabelText('Entrer directement'));
  await user.click(screen.getByLabelText('Micro coupé en entrant'));
  await user.click(screen.getByTestId('make-shortcut'));
  await waitFor(() => expect(screen.getByTestId('shortcut-outcome')).toHaveTextContent('Raccourci créé sur le bureau.'));
  expect(engine.shortcuts).toEqual([
    { name: 'Point du lundi', link: recent?.text, direct: true, microphoneOff: true, cameraOff: false, desktop: true, menu: false },
  ]);
});

it('says why there is none, and that a place has to be chosen', async () => {
  const { engine, user } = await open('home-recent');
  await user.click(screen.getAllByTestId('put-on-desktop')[0] as HTMLElement);
  await user.click(screen.getByLabelText('Sur le bureau'));
  expect(screen.getByTestId('make-shortcut')).toBeDisabled();
  await user.click(screen.getByLabelText('Dans la liste des applications'));
  engine.shortcutFails('no_place');
  await user.click(screen.getByTestId('make-shortcut'));
  await waitFor(() => expect(screen.getByTestId('shortcut-outcome')).toHaveTextContent('Ce système n’a pas de bureau'));
  engine.shortcutFails(null);
  await user.click(screen.getByTestId('make-shortcut'));
  await waitFor(() => expect(screen.getByTestId('shortcut-outcome')).toHaveTextContent('dans la liste des applications.'));
});

it('is offered in a meeting whose link holds no secret', async () => {
  const { engine, user } = await open('call-live');
  await user.click(screen.getByTestId('more'));
  expect(screen.queryByRole('menuitem', { name: 'Créer un raccourci' })).toBeNull();
  await user.keyboard('{Escape}');
  const { phase, home } = engine.snapshot;
  if (phase.kind !== 'in_meeting') throw new Error('no meeting');
  const { host, room } = phase.link;
  const text = `https://${host}/${room}`;
  act(() => engine.patch({ key: 'home', value: { ...home, recent: [{ text, host, room, at: 0 }] } }));
  await user.click(screen.getByTestId('more'));
  await user.click(screen.getByRole('menuitem', { name: 'Créer un raccourci' }));
  expect(screen.getByTestId('shortcut-name')).toHaveValue(engine.snapshot.room.name);
});
