import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { expect } from 'vitest';
import { App } from '../App';
import { BarApp } from '../bar/BarApp';
import { DoctorApp } from '../doctor/DoctorApp';
import type { Command } from '../engine/contract';
import { type FakeOptions, fakeEngine } from '../engine/fake/engine';
import { followEngine } from '../engine/store';
import { startTexts } from '../i18n/i18n';
import { languageOf } from '../i18n/languages';
import { SettingsApp } from '../settings/SettingsApp';
import { ShareApp } from '../share/ShareApp';
import type { UiState } from '../ui-state';

/** The whole window over the fake engine, in French unless the shell says otherwise. */
export async function open(scenario: string, options: FakeOptions & { ui?: Partial<UiState> } = {}) {
  const engine = fakeEngine({ scenario, ...options });
  const store = await followEngine(engine);
  const texts = await startTexts(languageOf(engine.shell.locale));
  const view = render(<App engine={engine} store={store} texts={texts} ui={options.ui ?? {}} />);
  const user = userEvent.setup();
  const sent = <K extends Command['kind']>(kind: K) =>
    engine.sent.filter((command): command is Extract<Command, { kind: K }> => command.kind === kind);
  return { engine, store, texts, user, sent, ...view };
}

/** The window of the shared content over the fake engine, in French. */
export async function openShare(scenario: string, options: FakeOptions = {}) {
  const engine = fakeEngine({ scenario, ...options });
  const store = await followEngine(engine);
  const texts = await startTexts(languageOf(engine.shell.locale));
  const user = userEvent.setup();
  const sent = <K extends Command['kind']>(kind: K) => engine.sent.filter((command): command is Extract<Command, { kind: K }> => command.kind === kind);
  return { engine, texts, user, sent, ...render(<ShareApp engine={engine} store={store} texts={texts} />) };
}

/** The bar over the fake engine, in French unless the shell says otherwise. */
export async function openBar(scenario: string, options: FakeOptions = {}) {
  const engine = fakeEngine({ scenario, ...options });
  const store = await followEngine(engine);
  const texts = await startTexts(languageOf(engine.shell.locale));
  const user = userEvent.setup();
  return { engine, user, ...render(<BarApp engine={engine} store={store} texts={texts} />) };
}

/** The window of settings over the fake engine, at a page, in French unless the shell says otherwise. */
export async function openSettings(page: string, options: FakeOptions = {}) {
  location.hash = `#settings/${page}`;
  const engine = fakeEngine({ scenario: 'home', ...options });
  const store = await followEngine(engine);
  const texts = await startTexts(languageOf(engine.shell.locale));
  const user = userEvent.setup();
  const sent = <K extends Command['kind']>(kind: K) => engine.sent.filter((command): command is Extract<Command, { kind: K }> => command.kind === kind);
  return { engine, store, texts, user, sent, ...render(<SettingsApp engine={engine} store={store} texts={texts} />) };
}

/** The window of the network doctor over the fake engine, in French unless the shell says otherwise. */
export async function openDoctor(scenario: string, options: FakeOptions = {}) {
  const engine = fakeEngine({ scenario, ...options });
  const store = await followEngine(engine);
  const texts = await startTexts(languageOf(engine.shell.locale));
  const user = userEvent.setup();
  const sent = <K extends Command['kind']>(kind: K) => engine.sent.filter((command): command is Extract<Command, { kind: K }> => command.kind === kind);
  return { engine, store, texts, user, sent, ...render(<DoctorApp engine={engine} store={store} texts={texts} />) };
}

/** No rule of axe is broken. Contrast has its own check: jsdom paints nothing. */
export async function expectAccessible(): Promise<void> {
  const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } });
  expect(result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join('\n')}`)).toEqual([]);
}

/** The next animation frame has run. */
export function nextFrame(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => done()));
}
