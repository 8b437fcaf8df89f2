import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { Profiler } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '../App';
import type { Patch, StageLayout } from '../engine/contract';
import { fakeEngine } from '../engine/fake/engine';
import { followEngine } from '../engine/store';
import { startTexts } from '../i18n/i18n';
import type { UiState } from '../ui-state';
import { ROWS_A_FRAME } from '../panels/useGrowing';
import { expectAccessible, nextFrame } from './render';

// A disc with initials stands in each row and in each tile without a picture: how often it is rendered is how often they are.
const { drawn } = vi.hoisted(() => ({ drawn: [] as string[] }));
vi.mock('../parts/Avatar', async (original) => {
  const real = await original<typeof import('../parts/Avatar')>();
  return {
    ...real,
    Avatar: (props: Parameters<typeof real.Avatar>[0]) => {
      drawn.push(props.id);
      return real.Avatar(props);
    },
  };
});

let commits = 0;
beforeEach(() => {
  commits = 0;
  drawn.length = 0;
});

/** A meeting of 150, counted: what React commits. */
async function open(ui: Partial<UiState> = {}) {
  const engine = fakeEngine({ scenario: 'call-150' });
  const store = await followEngine(engine);
  const texts = await startTexts('fr');
  render(
    <Profiler id="window" onRender={() => commits++}>
      <App engine={engine} store={store} texts={texts} ui={ui} />
    </Profiler>,
  );
  await act(nextFrame);
  const change = (id: string, over: object): Patch => {
    const someone = engine.snapshot.participants[id];
    if (someone === undefined) throw new Error(`no ${id}`);
    return { key: 'participant', value: { ...someone, ...over } };
  };
  const tracks = () => {
    const layouts = engine.sent.flatMap((command): StageLayout[] => (command.kind === 'stage' ? [command.layout] : []));
    return (layouts.at(-1)?.tiles ?? []).map(({ track }) => track).filter((track) => track !== 'local-camera');
  };
  return { engine, user: userEvent.setup(), change, tracks };
}

const rows = () => screen.getAllByTestId('person');
/** The list comes a part a frame. */
const all = () => waitFor(() => expect(rows()).toHaveLength(150), { timeout: 10_000 });

describe('a meeting of 150', { timeout: 30_000 }, () => {
  it('lets levels pass by React', async () => {
    const { engine } = await open({ panels: ['people'] });
    await all();
    const levels = Object.values(engine.snapshot.participants).map((someone): [string, number] => [`${someone?.id}-microphone`, 180]);
    const before = commits;
    const meter = () => document.body.innerHTML;
    const still = meter();
    await act(async () => {
      for (let step = 0; step < 20; step++) engine.tell({ own: 100 + step, tracks: levels });
      await nextFrame();
    });
    expect(commits).toBe(before);
    // They were shown all the same.
    expect(meter()).not.toBe(still);
  });

  it('asks for the pictures of its page alone', async () => {
    const { user, tracks } = await open();
    const shown = tracks();
    expect(shown.length).toBe(12);
    const tiles = screen.getAllByTestId('tile').length;
    expect(tiles).toBeLessThanOrEqual(25);
    await user.keyboard('{Alt>}{PageDown}{/Alt}');
    await act(nextFrame);
    expect(tracks()).toEqual([]);
    await user.keyboard('{Alt>}{PageUp}{/Alt}');
    await act(nextFrame);
    expect(tracks()).toEqual(shown);
  });

  it('renders again who speaks or raises a hand, and nobody else', async () => {
    const { engine, change } = await open({ panels: ['people'] });
    await all();
    drawn.length = 0;
    const before = commits;
    act(() => engine.patch(change('p100', { speaking: true }), change('p101', { quality: 'poor' })));
    expect(new Set(drawn)).toEqual(new Set(['p101', 'p100']));
    drawn.length = 0;
    act(() => engine.patch(change('p40', { hand: 4 })));
    expect(new Set(drawn)).toEqual(new Set(['p40']));
    expect(commits - before).toBeLessThanOrEqual(4);
  });

  it('takes a hundred who come at once as one change, and makes their rows a part a frame', async () => {
    const { engine } = await open({ panels: ['people'] });
    await all();
    const gone = Array.from({ length: 100 }, (_, at): Patch => ({ key: 'participant_gone', value: `p${at + 20}` }));
    const back = Array.from({ length: 100 }, (_, at) => engine.snapshot.participants[`p${at + 20}`]).flatMap((value): Patch[] => (value === undefined ? [] : [{ key: 'participant', value }]));
    const before = commits;
    act(() => engine.patch(...gone));
    expect(rows()).toHaveLength(50);
    act(() => engine.patch(...back));
    expect(rows()).toHaveLength(50 + ROWS_A_FRAME);
    await all();
    // One for all who go, one for all who come, one a frame.
    expect(commits - before).toBeLessThanOrEqual(10);
  });

  it('finds people without accents, hands first and in their order', async () => {
    const { user } = await open({ panels: ['people'] });
    await all();
    expect(rows().slice(0, 3).map((row) => row.dataset['participant'])).toEqual(['p148', 'p147', 'p146']);
    await user.type(screen.getByTestId('find-person'), 'beatrice');
    expect(rows().length).toBeGreaterThan(5);
    for (const row of rows()) expect(row).toHaveTextContent('Béatrice');
    await user.clear(screen.getByTestId('find-person'));
    await all();
    await user.type(screen.getByTestId('find-person'), 'xyz');
    expect(screen.getByText('Personne de ce nom.')).toBeVisible();
  });

  it('keeps the rows of a closed list, unseen and without work', async () => {
    const { engine, user, change } = await open({ panels: ['people', 'chat'] });
    await all();
    const row = () => rows().find(({ dataset }) => dataset['participant'] === 'p5');
    const turn = () => user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}');
    await user.type(screen.getByTestId('find-person'), 'faure');
    await turn();
    expect(screen.queryByTestId('panel-people')).toBeNull();
    expect(screen.queryByRole('region', { name: 'Personnes' })).toBeNull();
    expect(screen.queryByRole('searchbox')).toBeNull();
    expect(screen.getByTestId('toggle-people')).toHaveFocus();
    // Its keys are no place for the focus.
    const chat = screen.getByTestId('panel-chat');
    let reached = false;
    for (let step = 0; step < 6; step++) {
      await user.keyboard('{F6}');
      expect(document.activeElement?.closest('[hidden]')).toBeNull();
      reached ||= chat.contains(document.activeElement);
    }
    expect(reached).toBe(true);
    drawn.length = 0;
    act(() => engine.patch(change('p5', { speaking: true })));
    expect(drawn).toEqual([]);
    await turn();
    expect(screen.getByTestId('panel-people')).toContainElement(document.activeElement as HTMLElement);
    // Everybody, as they are now.
    await all();
    expect(screen.getByTestId('find-person')).toHaveValue('');
    const kept = row();
    expect(kept).toHaveTextContent('parle');
    drawn.length = 0;
    await turn();
    await turn();
    expect(row()).toBe(kept);
    expect(rows()).toHaveLength(150);
    expect(drawn).toEqual([]);
  });

  it('breaks no rule', async () => {
    await open({ panels: ['people'] });
    await all();
    await expectAccessible();
  });
});
