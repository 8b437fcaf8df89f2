import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { open } from './render';

describe('the lobby', () => {
  it('says where we are, keeps picture and devices, and is cancelled', async () => {
    const { user, sent } = await open('lobby');
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Vous êtes dans la salle d’attente');
    expect(screen.getByRole('heading', { level: 1 })).toHaveFocus();
    expect(screen.getByTestId('waiting')).toHaveAttribute('aria-current', 'step');
    expect(screen.getByTestId('sign-in-opens')).toHaveTextContent('les personnes connectées entrent sans attendre');
    await user.keyboard('{Control>}d{/Control}');
    expect(sent('set_microphone_on')).toEqual([{ kind: 'set_microphone_on', on: false }]);
    expect(screen.getByTestId('toggle-microphone')).toHaveTextContent('Micro coupé');
    await user.click(screen.getByRole('button', { name: 'Tester le son' }));
    expect(sent('test_loudspeaker')).toHaveLength(1);
    await user.click(screen.getByTestId('cancel'));
    expect(document.body.dataset['phase']).toBe('home');
  });

  it('says when the server wants to be left alone', async () => {
    await open('lobby-throttled');
    expect(screen.getByTestId('throttled')).toHaveTextContent('Nouvelle demande dans 42 secondes.');
    expect(screen.queryByTestId('sign-in-opens')).toBeNull();
  });

  describe('its notes', () => {
    beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
    afterEach(() => void vi.useRealTimers());
    const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
    const throttled = /^Le serveur reçoit trop de demandes\.$/;
    const signIn = /^Vous avez un compte\s\? Sur ce serveur, les personnes connectées entrent sans attendre\.$/;
    /** The note, which is no region of its own: it would be said twice, or not at all. */
    const note = (id: string) => {
      expect(screen.getByTestId(id).closest('[role="status"], [role="alert"], [aria-live]')).toBeNull();
      return screen.getByTestId(id);
    };

    it.each([
      ['lobby', 'sign-in-opens', signIn],
      ['lobby-throttled', 'throttled', throttled],
    ])('are said where they are there from the beginning: %s', async (scenario, id, words) => {
      const { engine } = await open(scenario, { shell: { announces: true } });
      await pass(2000);
      expect(note(id)).toBeVisible();
      const said = () => engine.announced.filter((text) => words.test(text));
      expect(said()).toHaveLength(1);
      await pass(5000);
      expect(said()).toHaveLength(1);
    });

    it('are said once when they come, and no number afterwards', async () => {
      const { engine } = await open('lobby-throttled', { shell: { announces: true } });
      const { phase } = engine.snapshot;
      if (phase.kind !== 'lobby') throw new Error('not in the lobby');
      const lobby = async (change: Partial<typeof phase.lobby>) => {
        act(() => engine.patch({ key: 'phase', value: { ...phase, lobby: { ...phase.lobby, ...change } } }));
        await pass(3000);
      };
      await pass(3000);
      engine.announced.length = 0;
      await lobby({ throttled_seconds: 41 });
      expect(note('throttled')).toHaveTextContent('dans 41 secondes');
      expect(engine.announced).toEqual([]);
      await lobby({ throttled_seconds: 40, sign_in_opens: true });
      expect(engine.announced).toEqual([expect.stringMatching(signIn)]);
      await lobby({ throttled_seconds: null, sign_in_opens: true });
      expect(engine.announced).toHaveLength(1);
      await lobby({ throttled_seconds: 9, sign_in_opens: true });
      expect(engine.announced.slice(1)).toEqual([expect.stringMatching(throttled)]);
    });
  });

  it.each(['lobby', 'joining'])('names no microphone where there is none: %s', async (scenario) => {
    const { engine } = await open(scenario);
    act(() => engine.patch({ key: 'issues', value: [issue('VIS-MIC-NONE-50', 'choose_device')] }));
    expect(screen.getByTestId('toggle-microphone')).toHaveTextContent('Aucun micro');
  });

  it('counts for the eye, speaks after 1, 3 and 5 minutes, and stops promising', async () => {
    vi.useFakeTimers();
    try {
      await open('lobby');
      const pass = (seconds: number) => {
        // The last seconds one by one: what is due is said then.
        act(() => void vi.advanceTimersByTime(Math.max(0, seconds - 2) * 1000));
        for (let at = 0; at < 2; at++) act(() => void vi.advanceTimersByTime(1000));
      };
      pass(59);
      expect(screen.getByTestId('waiting')).toHaveTextContent('depuis 59 s');
      expect(screen.getByTestId('polite')).not.toHaveTextContent('attente,');
      pass(3);
      expect(screen.getByTestId('waiting')).toHaveTextContent('depuis 1 min 2 s');
      expect(screen.getByTestId('polite')).toHaveTextContent('Une minute d’attente, pas encore de réponse.');
      pass(70);
      expect(screen.getByTestId('polite')).toHaveTextContent('Une minute');
      expect(screen.getByRole('main')).toHaveTextContent('nous vous préviendrons');
      pass(52);
      expect(screen.getByTestId('polite')).toHaveTextContent('3 minutes d’attente');
      expect(screen.getByRole('main')).toHaveTextContent('Toujours pas de réponse.');
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells of the entry when the door opens', async () => {
    const { engine } = await open('lobby');
    const link = engine.snapshot.phase.kind === 'lobby' ? engine.snapshot.phase.link : null;
    if (link === null) throw new Error('not in the lobby');
    act(() => engine.patch({ key: 'room', value: { ...engine.snapshot.room, name: 'Archives' } }, { key: 'phase', value: { kind: 'in_meeting', link, reconnecting_for: null } }));
    expect(screen.getByTestId('assertive')).toHaveTextContent('Vous entrez dans la réunion Archives, micro allumé.');
  });

  it('is refused without red, and not asked again by itself', async () => {
    await open('error-vis-join-expired-32', { shell: { automation: false } });
    expect(screen.getByTestId('issue-action')).toHaveTextContent('Demander de nouveau');
    expect(screen.queryByRole('timer')).toBeNull();
    expect(document.querySelector('[data-tone="danger"]')).toBeNull();
  });
});

it('an unknown server is added only by the key', async () => {
  const { user, sent } = await open('error-vis-join-server-19');
  expect(screen.getByTestId('issue')).toHaveTextContent('Visavis ne connaît pas encore le serveur visio.agglo.example.');
  await user.click(screen.getByRole('button', { name: 'Ajouter ce serveur' }));
  expect(sent('add_server')).toEqual([{ kind: 'add_server', host: 'visio.agglo.example' }]);
});
