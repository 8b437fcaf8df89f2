import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { nextFrame, open } from './render';

it('has the way in under the finger from the first paint', async () => {
  const { user, sent } = await open('prejoin');
  expect(screen.getByTestId('join')).toHaveFocus();
  expect(screen.getByTestId('join')).toBeEnabled();
  await user.keyboard('{Enter}');
  expect(sent('join')).toHaveLength(1);
});

it('says which meeting it is before: what takes the focus does not', async () => {
  const { engine, unmount } = await open('prejoin');
  const polite = () => screen.getByTestId('polite');
  await waitFor(() => expect(polite()).toHaveTextContent('Réunion Comité de pilotage des archives : dernier regard avant d’entrer.'));
  act(() => engine.patch({ key: 'phase', value: { kind: 'pre_join', link: { kind: 'livekit', host: 'a.example', room: 'r', secure: true } } }));
  await waitFor(() => expect(polite()).toHaveTextContent('Réunion r : dernier regard avant d’entrer.'));
  unmount();
  const home = await open('home');
  act(() => home.engine.patch({ key: 'phase', value: { kind: 'pre_join', link: { kind: 'livekit', host: 'a.example', room: '', secure: true } } }));
  await waitFor(() => expect(polite()).toHaveTextContent('Réunion a.example : dernier regard avant d’entrer.'));
});

it('asks for a name first where none is known, and Enter in it joins', async () => {
  const { engine, user, sent } = await open('home');
  act(() =>
    engine.patch(
      { key: 'me', value: { ...engine.snapshot.me, name: '' } },
      { key: 'phase', value: { kind: 'pre_join', link: { kind: 'livekit', host: 'a.example', room: 'r', secure: false } } },
    ),
  );
  expect(screen.getByTestId('name-field')).toHaveFocus();
  expect(screen.getByText(/Liaison non chiffrée$/)).toBeVisible();
  await user.keyboard('Camille{Enter}');
  expect(engine.snapshot.me.name).toBe('Camille');
  expect(sent('join')).toHaveLength(1);
});

it('shows the name that the link gives, and asks for none', async () => {
  const { engine, user, sent } = await open('home');
  act(() =>
    engine.patch(
      { key: 'me', value: { ...engine.snapshot.me, name: '' } },
      { key: 'phase', value: { kind: 'pre_join', link: { kind: 'livekit', host: 'a.example', room: 'r', secure: true, given_name: 'Zoé' } } },
    ),
  );
  expect(screen.getByTestId('join')).toHaveFocus();
  expect(screen.queryByTestId('name-field')).toBeNull();
  const given = screen.getByLabelText('Votre nom dans la réunion');
  expect(given).toHaveValue('Zoé');
  expect(given).toHaveAttribute('readonly');
  expect(given).toHaveAccessibleDescription('Ce nom est donné par le lien.');
  await user.type(given, 'x{Enter}');
  expect(sent('set_name')).toHaveLength(0);
  expect(sent('join')).toHaveLength(1);
});

it('toggles by words', async () => {
  const { user, sent } = await open('prejoin');
  await user.click(screen.getByRole('button', { name: 'Micro allumé' }));
  expect(sent('set_microphone_on').at(-1)).toEqual({ kind: 'set_microphone_on', on: false });
  expect(screen.getByRole('button', { name: 'Micro coupé' })).not.toHaveAttribute('aria-pressed');
  await user.click(screen.getByRole('button', { name: 'Caméra allumée' }));
  expect(screen.getByText(/Vous entrez sans micro ni caméra/)).toBeVisible();
});

it('shows the preview as a mirrored tile of the own camera', async () => {
  const { sent } = await open('prejoin');
  await act(nextFrame);
  const tile = sent('stage').at(-1)?.layout.tiles;
  expect(tile).toHaveLength(1);
  expect(tile?.[0]).toMatchObject({ track: 'local-camera', mirrored: true, fit: 'cover', radius: 16 });
});

it('takes the tile away with the camera', async () => {
  const { user, sent } = await open('prejoin');
  await user.click(screen.getByTestId('toggle-camera'));
  await act(nextFrame);
  expect(sent('stage').at(-1)?.layout.tiles).toEqual([]);
});

it('writes levels to the meter without rendering', async () => {
  const { engine } = await open('prejoin');
  engine.tell({ own: 159, tracks: [] });
  const meter = screen.getByRole('meter', { name: 'Niveau du micro' });
  expect(meter).toHaveAttribute('aria-valuenow', '72');
  expect(meter.querySelectorAll('[data-on]')).toHaveLength(12);
  expect(meter).toHaveAttribute('aria-valuetext', 'Votre voix est claire');
  engine.tell({ own: 0, tracks: [] });
  expect(meter.querySelectorAll('[data-on]')).toHaveLength(0);
});

it('chooses devices', async () => {
  const { user, sent } = await open('prejoin');
  await user.click(within(screen.getByTestId('select-microphone')).getByRole('button'));
  await user.click(await screen.findByRole('option', { name: 'Micro intégré' }));
  expect(sent('choose_microphone')).toEqual([{ kind: 'choose_microphone', choice: { kind: 'device', value: 'fake:builtin-in' } }]);
});

it('tests the sound and tries the next output upon no', async () => {
  const { user, sent } = await open('prejoin');
  await user.click(screen.getByRole('button', { name: 'Tester' }));
  expect(sent('test_loudspeaker')).toHaveLength(1);
  const no = await screen.findByRole('button', { name: 'Non' }, { timeout: 3000 });
  await user.click(no);
  expect(sent('choose_loudspeaker')).toEqual([{ kind: 'choose_loudspeaker', choice: { kind: 'device', id: 'fake:builtin-out' } }]);
  expect(sent('test_loudspeaker')).toHaveLength(2);
  await user.click(await screen.findByRole('button', { name: 'Oui' }, { timeout: 3000 }));
  expect(screen.getByText('Son : vous entendez')).toBeVisible();
});

it('turns a blocked microphone into a way in without one', async () => {
  await open('prejoin-mic-blocked', { shell: { platform: 'windows' } });
  expect(screen.getByTestId('join')).toHaveTextContent('Entrer sans micro');
  expect(screen.getByTestId('issue')).toHaveTextContent('Windows bloque le micro pour Visavis');
  expect(screen.getByRole('button', { name: 'Ouvrir les réglages' })).toBeVisible();
  expect(screen.queryByTestId('select-microphone')).toBeNull();
});

it('offers no settings where the system has no address for them', async () => {
  await open('prejoin-mic-blocked', { shell: { platform: 'linux' } });
  expect(screen.getByTestId('issue')).toHaveTextContent('Le système bloque le micro');
  expect(screen.queryByRole('button', { name: 'Ouvrir les réglages' })).toBeNull();
});

it('comes back by itself when the microphone works again', async () => {
  const { engine } = await open('prejoin-mic-blocked');
  act(() => engine.patch({ key: 'issues', value: [] }));
  await waitFor(() => expect(screen.getByTestId('join')).toHaveTextContent('Entrer dans la réunion'));
  act(() => engine.patch({ key: 'issues', value: [issue('VIS-CAM-BUSY-57', 'retry')] }));
  expect(screen.getByTestId('join')).toHaveTextContent('Entrer dans la réunion');
});

it('tells what was just asked for above what is amiss with devices', async () => {
  const { engine } = await open('prejoin');
  const codes = () => screen.getAllByTestId('issue').map((note) => note.dataset['code']);
  const devices = [issue('VIS-MIC-NONE-50', 'choose_device'), issue('VIS-OUT-NONE-58', 'choose_device'), issue('VIS-CAM-NONE-55', 'choose_device')];
  act(() => engine.patch({ key: 'issues', value: devices }));
  expect(codes()).toEqual(['VIS-MIC-NONE-50', 'VIS-OUT-NONE-58', 'VIS-CAM-NONE-55']);
  act(() => engine.patch({ key: 'issues', value: [...devices, issue('VIS-CAL-FILE-80', 'none', { name: 'a.ics' })] }));
  expect(codes()).toEqual(['VIS-CAL-FILE-80', 'VIS-MIC-NONE-50', 'VIS-OUT-NONE-58', 'VIS-CAM-NONE-55']);
});
