import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Issue } from '../engine/contract';
import { issue } from '../engine/fake/world';
import { expectAccessible, open, openBar } from './render';

const CLOSED = issue('VIS-SHARE-CLOSED-61', 'share_else', { kind: 'window' });
const sentence = () => screen.getByTestId('bar').dataset['sentence'];
const text = () => screen.getByTestId('bar-text');

describe('a share that ended by itself', () => {
  it('is told by the bar for as long as its issue stands, before who speaks', async () => {
    const { engine } = await openBar('call-sharing');
    const end = (...issues: Issue[]) => act(() => engine.patch({ key: 'sharing', value: { ...engine.snapshot.sharing, active: null } }, { key: 'issues', value: issues }));
    const { sharing } = engine.snapshot;
    const [someone] = Object.values(engine.snapshot.participants);
    if (someone === undefined) throw new Error('nobody');
    act(() => engine.patch({ key: 'participant', value: { ...someone, speaking: true } }));
    expect(sentence()).toBe('shares');
    end(CLOSED);
    expect(sentence()).toBe('shareEnded');
    expect(text()).toHaveTextContent('Le partage est arrêtéLa fenêtre partagée a été fermée.');
    expect(text()).toHaveAttribute('data-tone', 'bad');
    expect(screen.getByTestId('bar-camera')).toBeVisible();
    await expectAccessible();
    end(issue('VIS-CALL-ACTION-49', 'none', { action: 'start_share', cause: 'policy' }));
    expect(text()).toHaveTextContent('Le partage est arrêtéVotre organisation ne le permet pas.');
    // Something is shared again: that is what matters.
    act(() => engine.patch({ key: 'sharing', value: sharing }));
    expect(sentence()).toBe('shares');
    end();
    expect(sentence()).toBe('speaks');
  });

  it('is told outside of the window, and taken back with its issue', async () => {
    const { engine } = await open('call-sharing');
    const { sharing } = engine.snapshot;
    act(() => engine.patch({ key: 'sharing', value: { ...sharing, active: null } }, { key: 'issues', value: [CLOSED] }));
    expect(engine.notices.get('share')).toMatchObject({ title: 'Le partage est arrêté', body: 'Point d’équipe numérique' });
    act(() => engine.patch({ key: 'issues', value: [] }));
    expect([...engine.notices.keys()]).toEqual([]);
    // Our own doing is no news.
    act(() => engine.patch({ key: 'sharing', value: sharing }));
    act(() => engine.patch({ key: 'sharing', value: { ...sharing, active: null } }));
    expect([...engine.notices.keys()]).toEqual([]);
  });
});
