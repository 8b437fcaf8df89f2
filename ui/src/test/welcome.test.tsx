import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { scenario } from '../engine/fake/scenarios';
import { isFirstStart } from '../home/first';
import { expectAccessible, open } from './render';

const shell = { automation: false };

describe('the first start', () => {
  it('has three rows that are set already, and one key', async () => {
    const { user, sent, engine } = await open('home-first', { shell });
    expect(screen.getByTestId('welcome-start')).toHaveFocus();
    expect(screen.getAllByRole('heading', { level: 2 }).map((one) => one.textContent)).toEqual(['Langue', 'Micro et caméra', 'Agenda']);
    await expectAccessible();
    await user.click(within(screen.getByTestId('welcome-language')).getByRole('button'));
    await user.click(await screen.findByRole('option', { name: 'Deutsch' }));
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Alles ist bereit'));
    await user.click(screen.getByTestId('welcome-agenda'));
    expect(await screen.findByRole('dialog')).toBeVisible();
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('welcome-start'));
    expect(sent('keep_settings').at(-1)?.settings).toMatchObject({ welcomed: true, language: 'de' });
    expect(engine.snapshot.settings.welcomed).toBe(true);
    expect(screen.queryByTestId('welcome')).toBeNull();
    expect(screen.getByTestId('link-field')).toBeVisible();
  });

  it('asks nobody who came by a link, was there before, or is looked after', () => {
    const first = scenario('home-first').start;
    expect(isFirstStart(first, false)).toBe(true);
    expect(isFirstStart(first, true)).toBe(false);
    expect(isFirstStart({ ...first, settings: { ...first.settings, welcomed: true } }, false)).toBe(false);
    expect(isFirstStart(scenario('prejoin').start, false)).toBe(false);
    expect(isFirstStart(scenario('home-managed').start, false)).toBe(false);
    expect(isFirstStart({ ...first, home: { ...first.home, recent: [{ text: 'a', host: 'h', room: 'r', at: 1 }] } }, false)).toBe(false);
  });
});
