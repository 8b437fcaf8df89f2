import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { SCENARIOS } from '../engine/fake/scenarios';
import type { PanelName } from '../ui-state';
import { expectAccessible, open } from './render';

const FAILURES = ['error-vis-srv-timeout-08', 'error-vis-join-token-38', 'error-vis-net-tls-06', 'error-vis-int-fail-90', 'error-vis-join-denied-31', 'error-vis-join-server-19'];

describe.each([...SCENARIOS, ...FAILURES])('%s', (name) => {
  it('breaks no rule of axe, has one title, and all texts', async () => {
    const { container, store } = await open(name);
    await expectAccessible();
    expect(screen.getAllByRole('heading', { level: 1, hidden: true })).toHaveLength(1);
    expect(document.body.dataset['phase']).toBe(store.getState().phase.kind);
    // A key that has no text is shown as itself, and a value that is missing as {{name}}.
    expect(container.textContent).not.toMatch(/\{\{|\b(call|stage|issues|prejoin|home|panels|end|joining|lobby|together|meeting|announce)[.:]\w/);
  });
});

it.each(['fr-FR', 'de-DE', 'nl-NL', 'en-GB'])('is whole in %s, with both panels open', async (locale) => {
  await open('call-9', { shell: { locale }, ui: { panels: ['people', 'chat'] as PanelName[] } });
  await expectAccessible();
  expect(document.documentElement.lang).toBe(locale.slice(0, 2));
});
