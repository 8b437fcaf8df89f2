import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TogetherView } from '../engine/contract';
import { expectAccessible, nextFrame, open } from './render';

type Opened = Awaited<ReturnType<typeof open>>;
const change = ({ engine }: Opened, next: Partial<TogetherView>) =>
  act(() => engine.patch({ key: 'together', value: { ...engine.snapshot.together, ...next } }));
const mod = (user: Opened['user'], key: string) => user.keyboard(`{Control>}{Shift>}${key}{/Shift}{/Control}`);

afterEach(() => vi.restoreAllMocks());

describe('the hand', () => {
  it('goes up and down by key and keys, and its rank is told', async () => {
    const { user, sent } = await open('call-9');
    const key = screen.getByTestId('toggle-hand');
    expect(key).toHaveAttribute('aria-pressed', 'false');
    await user.click(key);
    expect(sent('raise_hand')).toEqual([{ kind: 'raise_hand', up: true }]);
    expect(key).toHaveAttribute('aria-pressed', 'true');
    expect(key).toHaveTextContent(/^Main$/);
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('Votre main est levée, rang 3'));
    expect(screen.getAllByTestId('tile').at(-1)).toHaveAccessibleName('Vous, main levée, rang 3');
    await mod(user, 'h');
    expect(sent('raise_hand').at(-1)?.up).toBe(false);
  });

  it('is asked down after 3 s of speech, once', async () => {
    vi.useFakeTimers();
    try {
      const opened = await open('call-hand');
      const speak = (seconds: number) => {
        for (let at = 0; at < seconds * 20; at++) {
          act(() => {
            vi.advanceTimersByTime(50);
            opened.engine.tell({ own: 200, tracks: [] });
          });
        }
      };
      speak(2.8);
      expect(screen.queryByTestId('banner')).toBeNull();
      speak(0.5);
      expect(screen.getByTestId('banner')).toHaveTextContent('Baisser la main ?');
      act(() => screen.getByRole('button', { name: 'La garder levée' }).click());
      expect(screen.queryByTestId('banner')).toBeNull();
      speak(4);
      expect(screen.queryByTestId('banner')).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('reactions', () => {
  it('are thrown by a key and a digit', async () => {
    const { user, sent } = await open('call-9');
    await mod(user, 'e');
    await screen.findByRole('dialog', { name: 'Réactions' });
    expect(screen.getByTestId('react-thumbs_up')).toHaveFocus();
    await expectAccessible();
    await user.keyboard('3');
    expect(sent('react')).toEqual([{ kind: 'react', reaction: 'clapping' }]);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByTestId('reaction')).toHaveAttribute('data-reaction', 'clapping');
    await user.click(screen.getByTestId('react'));
    await user.click(await screen.findByTestId('react-thanks'));
    expect(sent('react').at(-1)).toEqual({ kind: 'react', reaction: 'thanks' });
  });

  it('are thrown by the keys of a French keyboard too, and by no sign with Shift', async () => {
    const { user, sent } = await open('call-9');
    await mod(user, 'e');
    const first = await screen.findByTestId('react-thumbs_up');
    fireEvent.keyDown(first, { key: '!', code: 'Digit1', shiftKey: true });
    fireEvent.keyDown(first, { key: 'ArrowLeft', code: 'Numpad4' });
    expect(sent('react')).toEqual([]);
    fireEvent.keyDown(first, { key: '"', code: 'Digit3' });
    expect(sent('react')).toEqual([{ kind: 'react', reaction: 'clapping' }]);
  });

  it('do not come back by themselves with their right', async () => {
    const { engine, user } = await open('call-9');
    const may = (reactions: boolean) => {
      const { room } = engine.snapshot;
      act(() => engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, reactions } } }));
    };
    await mod(user, 'e');
    await screen.findByRole('dialog', { name: 'Réactions' });
    may(false);
    may(true);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByTestId('react')).toHaveAttribute('aria-expanded', 'false');
  });

  it('are in the plate of their sender, merged, as long as the engine holds them', async () => {
    const opened = await open('call-reactions');
    const inTile = (id: string) =>
      within(screen.getAllByTestId('tile').find((tile) => tile.dataset['participant'] === id) ?? document.body)
        .queryAllByTestId('reaction')
        .map((one) => `${one.dataset['reaction']} ${one.dataset['count']}`);
    expect(inTile('sofia')).toEqual(['clapping 2', 'heart 1']);
    expect(inTile('me')).toEqual(['thanks 1']);
    expect(screen.queryByTestId('reaction-elsewhere')).toBeNull();
    change(opened, { reactions: [] });
    expect(screen.queryByTestId('reaction')).toBeNull();
  });

  it('are told by name where the sender has no tile, and cover what they are over', async () => {
    const opened = await open('call-30');
    await act(nextFrame);
    change(opened, { reactions: [{ id: 9, from: 'p28', name: 'Inès Kadri 28', reaction: 'party' }] });
    expect(screen.getByTestId('reaction-elsewhere')).toHaveTextContent('Inès Kadri 28');
    await act(nextFrame);
    // In the space of the page keys: over nobody's face.
    expect(screen.getByTestId('reaction-elsewhere').closest('[data-region="stage"]')).not.toBeNull();
  });

  it('are spoken politely, at most every 5 s', async () => {
    vi.useFakeTimers();
    try {
      const opened = await open('call-9');
      const polite = screen.getByTestId('polite');
      change(opened, { reactions: [{ id: 1, from: 'sofia', name: 'Sofia Benali', reaction: 'clapping' }] });
      act(() => void vi.advanceTimersByTime(1500));
      expect(polite).toHaveTextContent('Sofia Benali applaudit.');
      change(opened, {
        reactions: [
          { id: 2, from: 'julien', name: 'Julien Marchand', reaction: 'heart' },
          { id: 3, from: 'amadou', name: 'Amadou Diallo', reaction: 'heart' },
          { id: 4, from: null, name: 'Camille Renard', reaction: 'party' },
        ],
      });
      act(() => void vi.advanceTimersByTime(2000));
      expect(polite).toHaveTextContent('Sofia Benali applaudit.');
      act(() => void vi.advanceTimersByTime(3000));
      expect(polite).toHaveTextContent('Cœur, 2 personnes : Julien Marchand et Amadou Diallo.');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('captions', () => {
  it('are turned on and off, and say what they wait for', async () => {
    const opened = await open('call-9');
    const { user, sent } = opened;
    expect(screen.queryByTestId('captions')).toBeNull();
    await mod(user, 'c');
    expect(sent('set_captions')).toEqual([{ kind: 'set_captions', on: true }]);
    change(opened, { captions: 'starting' });
    expect(screen.getByTestId('captions')).toHaveTextContent('Démarrage des sous-titres…');
    change(opened, { captions: 'on' });
    expect(screen.getByTestId('captions')).toHaveTextContent('dès que quelqu’un parle');
    await user.click(screen.getByTestId('toggle-captions'));
    expect(sent('set_captions').at(-1)).toEqual({ kind: 'set_captions', on: false });
    expect(screen.queryByTestId('captions')).toBeNull();
  });

  it('show the last two speakers, grow, and are kept in a history that can be copied', async () => {
    const { engine, user } = await open('call-captions');
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    const shown = () => screen.getAllByTestId('caption').map((one) => one.textContent);
    expect(shown()).toEqual([
      'Julien MarchandBonjour. On garde la date du 12 pour l’ouverture au public ?',
      'Sofia BenaliOui, à condition que la rampe d’accès soit livrée le 8.',
    ]);
    const last = engine.snapshot.captions.at(-1);
    if (last === undefined) throw new Error('no caption');
    act(() => engine.patch({ key: 'caption', value: { ...last, text: 'Oui, je crois.', finished: true } }));
    expect(shown()[1]).toBe('Sofia BenaliOui, je crois.');
    await user.click(screen.getByTestId('toggle-history'));
    expect(screen.getAllByTestId('said')).toHaveLength(3);
    expect(screen.getByRole('log', { name: 'Sous-titres' })).toHaveAttribute('aria-live', 'off');
    await user.click(screen.getByTestId('copy-captions'));
    expect(write.mock.calls[0]?.[0]).toMatch(/^\d\d:\d\d Sofia Benali\s: Bonjour à toutes et à tous\.\n.*Julien Marchand\s: Bonjour\. On garde/);
    expect(await screen.findByText('Copié')).toBeVisible();
    await user.keyboard('{Escape}');
    expect(screen.getByTestId('toggle-history')).toHaveFocus();
  });
});

describe('captions that nobody writes', () => {
  it('are said to be so, in the band and aloud', async () => {
    const opened = await open('call-captions');
    change(opened, { captions: 'unwritten' });
    expect(screen.getByTestId('caption-hint')).toHaveTextContent('Les sous-titres sont demandés, mais rien ne les écrit dans cette réunion.');
    // What was written before stays.
    expect(screen.getAllByTestId('caption')).toHaveLength(2);
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('Rien n’écrit les sous-titres dans cette réunion.'));
    await opened.user.click(screen.getByTestId('toggle-captions'));
    expect(opened.sent('set_captions')).toEqual([{ kind: 'set_captions', on: false }]);
  });
});

describe('the history of captions', () => {
  it('is saved where the person says, and tells what came of it', async () => {
    const { engine, user } = await open('call-captions', { ui: { panels: ['captions'] } });
    const panel = screen.getByTestId('panel-captions');
    const save = () => user.click(screen.getByRole('button', { name: 'Enregistrer…' }));
    await save();
    expect(engine.saved.map(([name]) => name)).toEqual(['Sous-titres 2026-11-24, Point d’équipe numérique.txt']);
    expect(engine.saved[0]?.[1]).toMatch(/^\d\d:\d\d Sofia Benali\s: Bonjour à toutes et à tous\.\n/);
    expect(await within(panel).findByText('Fichier enregistré')).toBeVisible();
    engine.saving(false);
    await save();
    // Whoever cancelled knows.
    await waitFor(() => expect(within(panel).getByRole('status')).toBeEmptyDOMElement());
    engine.saving(new Error('disk full'));
    await save();
    expect(await within(panel).findByText(/Le fichier n’a pas pu être écrit/)).toBeVisible();
    expect(engine.saved).toHaveLength(1);
    await expectAccessible();
  });

  it('has nothing to save before somebody spoke', async () => {
    await open('call-captions-unwritten', { ui: { panels: ['captions'] } });
    expect(screen.getByRole('button', { name: 'Enregistrer…' })).toBeDisabled();
  });
});

describe('a recording', () => {
  it('cannot be missed: seen until read, always in the top bar, spoken', async () => {
    const opened = await open('call-recording');
    const { user, engine, sent } = opened;
    expect(screen.getByTestId('banner')).toHaveTextContent('Cette réunion est enregistrée par Julien Marchand.');
    expect(screen.getByTestId('recording')).toHaveTextContent('Enregistrement en cours');
    await user.click(screen.getByTestId('recording-understood'));
    expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: 'VIS-REC-ON-62' }]);
    expect(screen.queryByTestId('banner')).toBeNull();
    expect(screen.getByTestId('recording')).toBeVisible();
    act(() => engine.patch({ key: 'room', value: { ...engine.snapshot.room, recording: false } }));
    change(opened, { recording: { phase: 'saving', mode: 'screen' } });
    expect(screen.getByTestId('assertive')).toHaveTextContent('L’enregistrement est arrêté.');
    change(opened, { recording: { phase: 'off', mode: null } });
    expect(screen.queryByTestId('recording')).toBeNull();
    change(opened, { recording: { phase: 'starting', mode: 'transcript' } });
    expect(screen.getByTestId('banner')).toHaveTextContent('Ce qui se dit dans cette réunion est transcrit.');
    await waitFor(() => expect(screen.getByTestId('assertive')).toHaveTextContent('Ce qui se dit dans cette réunion est transcrit.'));
  });

  it('is started by those who may, after a question, and stopped', async () => {
    const { user, sent } = await open('call-moderate');
    await mod(user, 'l');
    await screen.findByRole('dialog', { name: 'Enregistrer ou transcrire' });
    await user.click(screen.getByRole('radio', { name: 'Ce qui se dit, par écrit' }));
    await user.click(screen.getByTestId('start-recording'));
    expect(sent('start_recording')).toEqual([{ kind: 'start_recording', mode: 'transcript' }]);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.click(screen.getByTestId('more'));
    await user.click(await screen.findByRole('menuitem', { name: /Arrêter la transcription/ }));
    await user.click(await screen.findByTestId('stop-recording'));
    expect(sent('stop_recording')).toHaveLength(1);
  });

  it('is never turned into its opposite under the hand: the question closes, and says why', async () => {
    const opened = await open('call-moderate');
    const { user, sent } = opened;
    const assertive = () => screen.getByTestId('assertive');
    await mod(user, 'l');
    await screen.findByTestId('start-recording');
    change(opened, { recording: { phase: 'starting', mode: 'screen' } });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.queryByTestId('stop-recording')).toBeNull();
    expect(assertive()).toHaveTextContent(/Question fermée\s: c’est déjà lancé\./);
    await mod(user, 'l');
    await screen.findByTestId('stop-recording');
    change(opened, { recording: { phase: 'saving', mode: 'screen' } });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(assertive()).toHaveTextContent(/c’est déjà arrêté\./));
    expect(sent('start_recording')).toEqual([]);
    expect(sent('stop_recording')).toEqual([]);
  });

  it('is not asked about anew when a right that was gone comes back', async () => {
    const opened = await open('call-moderate');
    const { engine, user } = opened;
    const may = (record: boolean) => {
      const { room } = engine.snapshot;
      act(() => engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, record, ask_recording: false } } }));
    };
    await mod(user, 'l');
    await screen.findByTestId('start-recording');
    may(false);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByTestId('assertive')).toHaveTextContent('vos droits ont changé');
    may(true);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('shows that a request runs, and which', async () => {
    const opened = await open('call-transcript');
    // It has begun: that says more than that it was asked for.
    expect(screen.getByTestId('recording')).toHaveTextContent('La transcription démarre…');
    expect(screen.queryByTestId('recording-pending')).toBeNull();
    change(opened, { pending: ['admit', 'stop_recording'] });
    await waitFor(() => expect(screen.getByTestId('recording')).toHaveTextContent('Arrêt demandé au serveur…'));
    expect(screen.getByTestId('recording')).toHaveAttribute('data-live');
    change(opened, { pending: ['admit', 'start_recording'], recording: { phase: 'off', mode: null } });
    await waitFor(() => expect(screen.getByTestId('recording-pending')).toHaveTextContent('Enregistrement demandé au serveur…'));
    change(opened, { pending: ['admit'] });
    await waitFor(() => expect(screen.queryByTestId('recording-pending')).toBeNull());
  });

  it('is asked for by those who may not, and the answer is told', async () => {
    const opened = await open('call-hand');
    const { user, sent } = opened;
    await mod(user, 'l');
    expect(screen.queryByRole('dialog')).toBeNull();
    await user.click(screen.getByTestId('more'));
    await user.click(await screen.findByRole('menuitem', { name: 'Demander un enregistrement' }));
    await user.click(await screen.findByTestId('ask-for-recording'));
    expect(sent('ask_for_recording')).toEqual([{ kind: 'ask_for_recording', mode: 'screen' }]);
    change(opened, { pending: ['ask_for_recording'] });
    expect(screen.getByRole('dialog')).toHaveTextContent('Demande en cours…');
    change(opened, { pending: [] });
    expect(screen.getByRole('dialog')).toHaveTextContent('Demande envoyée.');
  });

  it('is asked for as long as somebody could come to start it, and what was asked stays', async () => {
    const opened = await open('call-hand');
    const { engine, user, sent } = opened;
    const leaders = Object.values(engine.snapshot.participants).flatMap((one) => (one !== undefined && one.role !== 'member' ? [one] : []));
    const leave = () => act(() => engine.patch(...leaders.map(({ id }) => ({ key: 'participant_gone', value: id }) as const)));
    expect(leaders).not.toHaveLength(0);
    await user.click(screen.getByTestId('more'));
    await user.click(await screen.findByRole('menuitem', { name: 'Demander un enregistrement' }));
    await screen.findByTestId('ask-for-recording');
    leave();
    expect(screen.getByRole('dialog')).toHaveTextContent('Aucune personne qui anime n’est là pour le moment.');
    expect(screen.getByTestId('assertive')).not.toHaveTextContent('Question fermée');
    await user.click(screen.getByTestId('ask-for-recording'));
    expect(sent('ask_for_recording')).toEqual([]);
    act(() => engine.patch(...leaders.map((value) => ({ key: 'participant', value }) as const)));
    expect(screen.getByRole('dialog')).not.toHaveTextContent('Aucune personne');
    await user.click(screen.getByTestId('ask-for-recording'));
    expect(sent('ask_for_recording')).toHaveLength(1);
    change(opened, { pending: ['ask_for_recording'] });
    change(opened, { pending: [] });
    leave();
    expect(screen.getByRole('dialog')).toHaveTextContent('Demande envoyée.');
    const { room } = engine.snapshot;
    act(() => engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, ask_recording: false } } }));
    expect(screen.getByRole('dialog')).toHaveTextContent('Demande envoyée.');
  });

  it('is not asked for where the server cannot take that to anybody', async () => {
    const opened = await open('call-9');
    const { room } = opened.engine.snapshot;
    act(() => opened.engine.patch({ key: 'room', value: { ...room, recording: false, capabilities: { ...room.capabilities, ask_recording: false } } }));
    await opened.user.click(screen.getByTestId('more'));
    expect(await screen.findByRole('menuitem', { name: /Raccourcis clavier/ })).toBeVisible();
    expect(screen.queryByRole('menuitem', { name: 'Demander un enregistrement' })).toBeNull();
  });

  it('that is asked of us is answered in the banner', async () => {
    const { user, sent } = await open('call-asked');
    expect(screen.getByTestId('banner')).toHaveTextContent('Transcription demandée par Nadia Oumarou.');
    await user.click(screen.getByTestId('answer-recording'));
    expect(await screen.findByRole('radio', { name: 'Ce qui se dit, par écrit' })).toBeChecked();
    await user.click(screen.getByTestId('start-recording'));
    expect(sent('start_recording')).toEqual([{ kind: 'start_recording', mode: 'transcript' }]);
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', 'VIS-REC-ON-62');
  });

  it('that was refused says by which cause', async () => {
    await open('call-refused');
    expect(screen.getByTestId('banner')).toHaveTextContent('La demande n’a pas abouti : lancer l’enregistrement. Quelque chose de contraire est déjà en cours.');
  });
});

it('hides what the room does not allow', async () => {
  const { engine, user } = await open('call-hand');
  const { room, together } = engine.snapshot;
  act(() =>
    engine.patch(
      { key: 'room', value: { ...room, capabilities: { ...room.capabilities, raise_hand: false, reactions: false, captions: false } } },
      { key: 'together', value: { ...together, invitation: null } },
    ),
  );
  for (const key of ['toggle-hand', 'react', 'toggle-captions', 'toggle-meeting']) expect(screen.queryByTestId(key), key).toBeNull();
  await mod(user, 'h');
  await mod(user, 'e');
  await mod(user, 'c');
  expect(engine.sent.filter((command) => ['raise_hand', 'react', 'set_captions'].includes(command.kind))).toEqual([]);
  expect(screen.queryByRole('dialog')).toBeNull();
});
