import { act, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
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

  it('says once that it asks too often, and that signing in opens the door, and no number afterwards', async () => {
    const { engine } = await open('lobby', { shell: { announces: true } });
    const { phase } = engine.snapshot;
    if (phase.kind !== 'lobby') throw new Error('not in the lobby');
    const lobby = (change: Partial<typeof phase.lobby>) => act(async () => engine.patch({ key: 'phase', value: { ...phase, lobby: { sign_in_opens: false, throttled_seconds: null, lost: false, ...change } } }));
    await lobby({});
    engine.announced.length = 0;
    await lobby({ throttled_seconds: 42 });
    expect(engine.announced).toEqual([expect.stringMatching(/^Le serveur reçoit trop de demandes\./)]);
    await lobby({ throttled_seconds: 41 });
    expect(screen.getByTestId('throttled')).toHaveTextContent('dans 41 secondes');
    expect(engine.announced).toHaveLength(1);
    await lobby({ throttled_seconds: 41, sign_in_opens: true });
    expect(engine.announced.slice(1)).toEqual([expect.stringMatching(/^Vous avez un compte/)]);
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
      expect(screen.getByTestId('polite')).toBeEmptyDOMElement();
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
