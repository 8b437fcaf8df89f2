import { act, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { open } from './render';

describe('keys of a meeting', () => {
  it('leave only upon the second press', async () => {
    const { user, sent } = await open('call-2');
    await user.keyboard('{Control>}{Shift>}w{/Shift}{/Control}');
    expect(sent('leave')).toHaveLength(0);
    expect(screen.getByTestId('leave-asked')).toBeVisible();
    expect(screen.getByTestId('assertive')).toHaveTextContent('Encore une fois pour quitter la réunion.');
    await user.keyboard('{Control>}{Shift>}w{/Shift}{/Control}');
    expect(sent('leave')).toHaveLength(1);
  });

  it('ask about leaving for another window too, and leave where it asks again', async () => {
    const { engine, sent } = await open('call-2');
    act(() => engine.askToLeave());
    expect(screen.getByTestId('leave-asked')).toBeVisible();
    expect(sent('leave')).toHaveLength(0);
    act(() => engine.askToLeave());
    expect(sent('leave')).toHaveLength(1);
    // Nothing is left where nobody is.
    act(() => engine.askToLeave());
    expect(sent('leave')).toHaveLength(1);
  });

  it('stop at the tabs of several shares', async () => {
    const { user } = await open('call-shares');
    const region = () => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'];
    act(() => screen.getAllByRole('tab').find((tab) => tab.tabIndex === 0)?.focus());
    expect(region()).toBe('shares');
    await user.keyboard('{F6}');
    expect(region()).toBe('stage');
    await user.keyboard('{Shift>}{F6}{/Shift}');
    expect(region()).toBe('shares');
  });
});

it('calls the window what it shows, the meeting first, in each language', async () => {
  const { engine, texts } = await open('call-2');
  expect(document.title).toBe('Entretien annuel, Visavis');
  expect(engine.titles).toEqual(['Entretien annuel, Visavis']);
  const { room } = engine.snapshot;
  act(() => engine.patch({ key: 'room', value: { ...room, name: 'Point d’équipe' } }));
  expect(engine.titles.at(-1)).toBe('Point d’équipe, Visavis');
  act(() => engine.patch({ key: 'phase', value: { kind: 'ended', reason: 'left', seconds: 60 } }));
  expect(engine.titles.at(-1)).toBe('Après la réunion, Visavis');
  await act(async () => void (await texts.changeLanguage('en')));
  expect(document.title).toBe('After the meeting, Visavis');
});
