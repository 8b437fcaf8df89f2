import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Sending } from '../engine/contract';
import { issue, person } from '../engine/fake/scenarios';
import { WAITS_MS } from '../panels/Fate';
import { expectAccessible, nextFrame, open } from './render';

const tiles = () => screen.getAllByTestId('tile');
const phase = (reconnecting: number | null) =>
  ({ kind: 'in_meeting', link: { kind: 'livekit', host: 'a.example', room: 'r', secure: true }, reconnecting_for: reconnecting }) as const;

describe('the stage', () => {
  it('shows two people as one large and a notch, in that order', async () => {
    const { sent } = await open('call-2');
    await act(nextFrame);
    const layout = sent('stage').at(-1)?.layout;
    expect(layout?.scale_milli).toBe(1000);
    expect(layout?.tiles.map(({ track, rect, mirrored }) => ({ track, rect, mirrored }))).toEqual([
      { track: 'sofia-camera', rect: { x: 0, y: 0, width: 1264, height: 670 }, mirrored: false },
      { track: 'local-camera', rect: { x: 1008, y: 526, width: 256, height: 144 }, mirrored: true },
    ]);
  });

  it('comes before the keys in a window that begins in a meeting, and stays where it is when they come', async () => {
    const { sent } = await open('call-2', { ui: { picturesFirst: true } });
    expect(screen.queryByTestId('leave')).toBeNull();
    expect(sent('stage').at(-1)?.layout.tiles).toHaveLength(2);
    await act(nextFrame);
    await act(nextFrame);
    expect(await screen.findByTestId('leave')).toBeVisible();
    expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
    await act(nextFrame);
    expect(sent('stage')).toHaveLength(1);
  });

  it('labels tiles with name and state, and rings speech from three people on', async () => {
    const { engine } = await open('call-9');
    expect(tiles()).toHaveLength(9);
    expect(tiles().map((tile) => tile.getAttribute('aria-label'))).toEqual([
      'Sofia Benali, parle',
      'Julien Marchand, anime',
      'Nadia Oumarou, micro coupé, main levée, rang 1',
      'Amadou Diallo, Réseau faible',
      'Inès Kadri, micro coupé',
      'Bernard Lenoir, au téléphone, micro coupé, sans vidéo, main levée, rang 2',
      'Marieke van den Berg, sans compte',
      'Liên Tran, micro coupé, Se reconnecte…',
      'Vous',
    ]);
    expect(tiles()[0]).toHaveAttribute('data-ring');
    act(() => engine.patch(...['julien', 'nadia', 'amadou', 'ines', 'bernard', 'marieke', 'lien'].map((id) => ({ key: 'participant_gone' as const, value: id }))));
    expect(tiles()).toHaveLength(2);
    expect(tiles()[0]).not.toHaveAttribute('data-ring');
  });

  it('asks for no picture of who has none, and dims who reconnects', async () => {
    const { sent } = await open('call-9');
    await act(nextFrame);
    const layout = sent('stage').at(-1)?.layout;
    expect(layout?.tiles.map((tile) => tile.track)).not.toContain('bernard-camera');
    expect(layout?.tiles).toHaveLength(8);
    expect(layout?.tiles.filter((tile) => tile.veiled).map((tile) => tile.track)).toEqual(['lien-camera']);
    expect(layout?.covers.length).toBeGreaterThan(0);
  });

  it('sends one message a frame, and none where nothing changed', async () => {
    const { engine, sent } = await open('call-9');
    await act(nextFrame);
    const before = sent('stage').length;
    act(() => {
      engine.patch({ key: 'participant', value: person(1, { id: 'julien', name: 'Julien Marchand', role: 'owner', color: '#fff' }) });
      engine.patch({ key: 'participant', value: person(1, { id: 'julien', name: 'Julien Marchand', role: 'owner', color: '#000' }) });
    });
    await act(nextFrame);
    expect(sent('stage')).toHaveLength(before);
    act(() => {
      engine.patch({ key: 'participant_gone', value: 'julien' });
      engine.patch({ key: 'participant_gone', value: 'nadia' });
    });
    await act(nextFrame);
    expect(sent('stage')).toHaveLength(before + 1);
  });

  it('clears the stage when the meeting is left', async () => {
    const { user, sent } = await open('call-9');
    await user.click(screen.getByTestId('leave'));
    await act(nextFrame);
    expect(document.body.dataset['phase']).toBe('ended');
    expect(sent('stage').at(-1)?.layout).toEqual({ tiles: [], covers: [], scale_milli: 1000 });
  });

  it('moves by arrows, pins by P, and turns pages', async () => {
    const { user } = await open('call-30');
    expect(screen.getAllByText('Page 1 sur 2')[0]).toBeVisible();
    act(() => tiles()[0]?.focus());
    await user.keyboard('{ArrowRight}');
    expect(tiles()[1]).toHaveFocus();
    await user.keyboard('{ArrowDown}');
    expect(tiles()[6]).toHaveFocus();
    expect(tiles().filter((tile) => tile.tabIndex === 0)).toHaveLength(1);
    await user.keyboard('{Alt>}{PageDown}{/Alt}');
    expect(screen.getByText('Page 2 sur 2')).toBeVisible();
    expect(tiles().at(-1)).toHaveAttribute('data-participant', 'me');
    await user.keyboard('{Alt>}{PageDown}{/Alt}{Alt>}{PageUp}{/Alt}');
    expect(screen.getAllByText('Page 1 sur 2')[0]).toBeVisible();
    act(() => tiles()[0]?.focus());
    await user.keyboard('p');
    expect(screen.getByTestId('stage')).toHaveAttribute('data-layout', 'focus');
    expect(tiles()[0]?.getAttribute('aria-label')).toMatch(/à l’écran en permanence$/);
  });

  it('opens the actions of a tile by Enter, restarts a stopped picture', async () => {
    const { engine, user, sent } = await open('call-2');
    act(() => tiles()[0]?.focus());
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('menuitem', { name: /Épingler/ })).toBeVisible();
    await user.keyboard('{Escape}');
    const sofia = person(0, { id: 'sofia', name: 'Sofia Benali' });
    const stopped = sofia.publications.map((one) => ({ ...one, stopped: one.source === 'camera' }));
    act(() => engine.patch({ key: 'participant', value: { ...sofia, publications: stopped } }));
    await user.click(screen.getByRole('button', { name: 'Relancer, Sofia Benali' }));
    expect(sent('restart_picture')).toEqual([{ kind: 'restart_picture', participant: 'sofia' }]);
  });

  it('never shows who is hidden', async () => {
    const { engine } = await open('call-2');
    act(() => engine.patch({ key: 'participant', value: person(5, { id: 'recorder', name: 'Recorder', kind: 'hidden' }) }));
    expect(tiles()).toHaveLength(2);
  });
});

describe('the toolbar', () => {
  it('keeps labels and uses aria-pressed', async () => {
    const { user, sent } = await open('call-9');
    const microphone = screen.getByTestId('toggle-microphone');
    expect(microphone).toHaveAttribute('aria-pressed', 'true');
    await user.click(microphone);
    expect(sent('set_microphone_on')).toEqual([{ kind: 'set_microphone_on', on: false }]);
    expect(microphone).toHaveAttribute('aria-pressed', 'false');
    expect(microphone).toHaveTextContent('Micro');
    await user.click(screen.getByTestId('toggle-camera'));
    expect(sent('set_camera_on')).toEqual([{ kind: 'set_camera_on', on: false }]);
  });

  it('hides what the room does not allow', async () => {
    const { engine } = await open('call-9');
    const room = engine.snapshot.room;
    act(() =>
      engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, chat: false, publish_camera: false } } }),
    );
    expect(screen.queryByTestId('toggle-chat')).toBeNull();
    expect(screen.queryByTestId('toggle-camera')).toBeNull();
    expect(screen.getByTestId('toggle-microphone')).toBeVisible();
  });

  it('says what others receive', async () => {
    const { engine } = await open('call-2');
    expect(screen.getByTestId('hearing')).toHaveTextContent('On vous entend');
    expect(screen.getByTestId('seeing')).toHaveTextContent('On vous voit');
    act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, hearing: 'silent', seeing: 'frozen' } }));
    expect(screen.getByTestId('hearing')).toHaveTextContent('Aucun son de votre micro');
    expect(screen.getByTestId('hearing')).toHaveAttribute('data-state', 'silent');
    expect(screen.getByTestId('seeing')).toHaveAttribute('data-tone', 'no');
  });

  it('chooses a microphone from its list', async () => {
    const { user, sent } = await open('call-2');
    await user.click(screen.getByRole('button', { name: 'Choisir le micro' }));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Micro intégré' }));
    expect(sent('choose_microphone')).toEqual([{ kind: 'choose_microphone', choice: { kind: 'device', value: 'fake:builtin-in' } }]);
  });

  it('follows the own level without rendering', async () => {
    const { engine } = await open('call-2');
    engine.tell({ own: 176, tracks: [] });
    expect(screen.getByTestId('toggle-microphone').querySelectorAll('[data-on]')).toHaveLength(4);
  });
});

describe('banners', () => {
  it('counts the seconds of a lost connection and veils the others, not us', async () => {
    const { engine, sent } = await open('reconnecting');
    expect(screen.getByTestId('banner')).toHaveTextContent('Connexion perdue. Reprise en cours, 16 s.');
    await act(nextFrame);
    expect(sent('stage').at(-1)?.layout.tiles.map((tile) => tile.veiled)).toEqual([true, true, true, false]);
    act(() => engine.patch({ key: 'phase', value: phase(17) }));
    expect(screen.getByTestId('banner')).toHaveTextContent('17 s');
    act(() => engine.patch({ key: 'phase', value: phase(null) }, { key: 'issues', value: [] }));
    expect(screen.queryByTestId('banner')).toBeNull();
    expect(screen.getByTestId('assertive')).toHaveTextContent('De retour après 17 secondes.');
  });

  it('shows one, counts the rest, and is dismissed', async () => {
    const { user, sent } = await open('call-muted');
    expect(screen.getAllByTestId('banner')).toHaveLength(1);
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', 'VIS-CALL-MUTED-45');
    await user.click(screen.getByRole('button', { name: '1 autre message' }));
    expect(await screen.findByRole('dialog')).toHaveTextContent('Le réseau bloque la voie rapide');
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Compris' }));
    expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: 'VIS-CALL-MUTED-45' }]);
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', 'VIS-NET-UDP-21');
  });

  it('offers the next step of an issue', async () => {
    const { engine, user, sent } = await open('call-2');
    act(() => engine.patch({ key: 'issues', value: [issue('VIS-CAM-STOP-59', 'retry')] }));
    await user.click(screen.getByRole('button', { name: 'Réessayer' }));
    expect(sent('retry')).toHaveLength(1);
  });
});

describe('being alone for long', () => {
  it('counts for the eye, says it once, and stays upon a key', async () => {
    vi.useFakeTimers();
    try {
      const { engine, sent } = await open('call-1');
      act(() => engine.patch({ key: 'issues', value: [issue('VIS-CALL-ALONE-69', 'stay', { seconds: '120' })] }));
      const banner = screen.getByTestId('banner');
      expect(banner).toHaveTextContent('Il n’y a plus que vous. La réunion se fermera dans 2 minutes.');
      // The banner is no live region: only the one announcement speaks.
      expect(banner.closest('[role="alert"], [role="status"], [aria-live="polite"]')).toBeNull();
      expect(screen.getByTestId('assertive')).toHaveTextContent('La réunion se fermera dans 2 minutes.');
      act(() => screen.getByTestId('assertive').replaceChildren());
      act(() => void vi.advanceTimersByTime(70_000));
      expect(banner).toHaveTextContent('dans 50 secondes.');
      act(() => void vi.advanceTimersByTime(49_000));
      expect(banner).toHaveTextContent('dans 1 seconde.');
      expect(screen.getByTestId('assertive')).toBeEmptyDOMElement();
      expect(screen.getByTestId('polite')).toBeEmptyDOMElement();
      act(() => screen.getByRole('button', { name: 'Rester' }).click());
      expect(sent('stay')).toHaveLength(1);
      expect(screen.queryByTestId('banner')).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends with the reason, and a way back', async () => {
    const { user, sent } = await open('ended-alone');
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Vous avez quitté la réunion : il n’y avait plus que vous');
    expect(screen.getByTestId('ended')).toHaveTextContent('Vous y étiez 42 min.');
    await user.click(screen.getByTestId('rejoin'));
    expect(sent('retry')).toHaveLength(1);
  });
});

describe('being muted by somebody', () => {
  it('is told once, with the name that comes a moment later', async () => {
    vi.useFakeTimers();
    try {
      const { engine } = await open('call-2');
      const said: string[] = [];
      new MutationObserver(() => said.push(screen.getByTestId('assertive').textContent ?? '')).observe(screen.getByTestId('assertive'), { childList: true });
      const me = { ...engine.snapshot.me, microphone_on: false, hearing: 'off' as const };
      act(() => engine.patch({ key: 'me', value: me }, { key: 'issues', value: [issue('VIS-CALL-MUTED-45', 'none')] }));
      await act(() => vi.advanceTimersByTimeAsync(400));
      act(() => engine.patch({ key: 'issues', value: [issue('VIS-CALL-MUTED-45', 'none', { by: 'Sofia Benali' })] }));
      await act(() => vi.advanceTimersByTimeAsync(5000));
      expect(said).toEqual(['Sofia Benali a coupé votre micro.']);
      expect(screen.getByTestId('polite')).toBeEmptyDOMElement();
      expect(screen.getAllByTestId('banner')).toHaveLength(1);
      expect(screen.getByTestId('banner')).toHaveTextContent('Sofia Benali a coupé votre micro.');
      expect(screen.getByTestId('banner')).not.toHaveAttribute('role', 'alert');
    } finally {
      vi.useRealTimers();
    }
  });
});

it('comes into a large meeting with the microphone off, and may turn it on', async () => {
  const { user, sent } = await open('call-large');
  expect(screen.getByTestId('banner')).toHaveTextContent('Réunion nombreuse : vous entrez micro coupé.');
  await user.click(screen.getByRole('button', { name: 'Allumer le micro' }));
  expect(sent('set_microphone_on')).toEqual([{ kind: 'set_microphone_on', on: true }]);
});

describe('panels', () => {
  it('opens chat with the field in focus, sends with Enter, gives the focus back', async () => {
    const { user, sent } = await open('call-9');
    expect(screen.getByRole('button', { name: 'Discussion, 2 messages non lus' })).toBeVisible();
    await user.keyboard('{Control>}{Shift>}m{/Shift}{/Control}');
    const field = await screen.findByTestId('chat-field');
    expect(field).toHaveFocus();
    await user.type(field, 'Bonjour{Shift>}{Enter}{/Shift}à tous{Enter}');
    expect(sent('send_message')).toEqual([{ kind: 'send_message', text: 'Bonjour\nà tous' }]);
    await waitFor(() => expect(field).toHaveValue(''));
    expect(within(screen.getByRole('log')).getAllByRole('article')).toHaveLength(4);
    await user.keyboard('{Escape}');
    expect(screen.queryByTestId('chat-field')).toBeNull();
    expect(screen.getByTestId('toggle-chat')).toHaveFocus();
    expect(screen.getByTestId('toggle-chat')).toHaveTextContent(/^Discussion$/);
  });

  it('says of a message that it has not left, and lets one that does not be tried again', async () => {
    const { engine, user, sent } = await open('call-9', { ui: { panels: ['chat'] } });
    await user.type(screen.getByTestId('chat-field'), 'Bonjour{Enter}');
    const own = engine.snapshot.messages.at(-1);
    if (own === undefined) throw new Error('no message');
    const become = (sending: Sending) => act(() => engine.patch({ key: 'message', value: { ...own, sending } }));
    become('waiting');
    // What is on its way has left within a moment: that is no news.
    expect(screen.queryByText('Pas encore envoyé')).toBeNull();
    expect(await screen.findByText('Pas encore envoyé', {}, { timeout: WAITS_MS * 3 })).toBeVisible();
    become('failed');
    expect(screen.queryByText('Pas encore envoyé')).toBeNull();
    expect(screen.getByText('Non envoyé.')).toBeVisible();
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'Réessayer' }));
    expect(sent('send_again')).toEqual([{ kind: 'send_again', id: own.id }]);
    expect(screen.queryByText('Non envoyé.')).toBeNull();
    expect(sent('send_message')).toHaveLength(1);
  });

  it('sends nothing empty and nothing too long', async () => {
    const { user, sent } = await open('call-9', { ui: { panels: ['chat'] } });
    const field = screen.getByTestId('chat-field');
    await user.type(field, '   {Enter}');
    await user.clear(field);
    await user.click(field);
    await user.paste('é'.repeat(2001));
    expect(screen.getByText('1 caractère de trop')).toBeVisible();
    await user.keyboard('{Enter}');
    expect(sent('send_message')).toHaveLength(0);
  });

  it('lists hands in their order, then everybody', async () => {
    await open('call-9', { ui: { panels: ['people'] } });
    const names = screen.getAllByTestId('person').map((row) => row.dataset['participant']);
    expect(names.slice(0, 3)).toEqual(['nadia', 'bernard', 'me']);
    expect(names).toHaveLength(9);
  });

  it('finds people without accents', async () => {
    const { user } = await open('call-30', { ui: { panels: ['people'] } });
    await user.type(screen.getByRole('searchbox'), 'ines');
    expect(screen.getAllByTestId('person').map((row) => row.dataset['participant'])).toEqual(['ines', 'p12', 'p20', 'p28']);
  });

  it('moves the separator by keys', async () => {
    const { user } = await open('call-9', { ui: { panels: ['people', 'chat'] } });
    const separator = screen.getByRole('separator', { name: 'Hauteur des panneaux' });
    act(() => separator.focus());
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(separator).toHaveAttribute('aria-valuenow', '60');
    await user.keyboard('{End}{ArrowDown}');
    expect(separator).toHaveAttribute('aria-valuenow', '75');
  });
});

describe('keys', () => {
  it('turn microphone and camera on and off, and say so', async () => {
    const { user, engine } = await open('call-2');
    await user.keyboard('{Control>}d{/Control}');
    expect(engine.snapshot.me.microphone_on).toBe(false);
    expect(screen.getByTestId('assertive')).toHaveTextContent('Micro coupé');
    await user.keyboard('{Control>}e{/Control}');
    expect(engine.snapshot.me.camera_on).toBe(false);
  });

  it('cycle regions and reach the toolbar', async () => {
    const { user } = await open('call-9', { ui: { panels: ['chat'] } });
    const region = () => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'];
    await user.keyboard('{F2}');
    expect(region()).toBe('toolbar');
    const seen = [];
    for (let press = 0; press < 5; press++) {
      await user.keyboard('{F6}');
      seen.push(region());
    }
    expect(seen).toEqual(['top', 'banner', 'stage', 'panels', 'toolbar']);
    await user.keyboard('{Shift>}{F6}{/Shift}');
    expect(region()).toBe('panels');
  });

  it('say that what was just turned off is off, though the evidence is a moment older', async () => {
    const { user, engine } = await open('call-2');
    act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, microphone_on: false, hearing: 'heard' } }));
    await user.keyboard('{Control>}{Shift>}y{/Shift}{/Control}');
    expect(screen.getByTestId('assertive')).toHaveTextContent('Micro coupé');
  });

  it('read the state aloud', async () => {
    const { user } = await open('call-9');
    await user.keyboard('{Control>}{Shift>}y{/Shift}{/Control}');
    expect(screen.getByTestId('assertive')).toHaveTextContent(
      'Micro allumé, on vous entend. Caméra allumée, on vous voit. 9 personnes, 2 mains levées. Enregistrement en cours.',
    );
  });

  it('list themselves', async () => {
    const { user } = await open('call-2');
    await user.keyboard('{F1}');
    const dialog = await screen.findByRole('dialog', { name: 'Raccourcis clavier' });
    expect(within(dialog).getByRole('row', { name: /Ouvrir ou fermer la discussion Ctrl\+Maj\+M/ })).toBeVisible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(document.body.dataset['phase']).toBe('in_meeting');
  });
});
