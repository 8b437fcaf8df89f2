import '@fontsource-variable/atkinson-hyperlegible-next/index.css';
import '@fontsource-variable/atkinson-hyperlegible-mono/index.css';
import './styles/base.css';
import './styles/tokens.css';
import type { i18n } from 'i18next';
import { createRoot } from 'react-dom/client';
import { markLastInput } from './a11y/last-input';
import { nameShiftTab } from './a11y/shift-tab';
import { App } from './App';
import { BarApp } from './bar/BarApp';
import { isDoctorPlace } from './doctor/place';
import type { Engine } from './engine/engine';
import { followEngine } from './engine/store';
import { languageOf } from './i18n/languages';
import { speak, startTexts } from './i18n/i18n';
import { wantedLanguage } from './i18n/wanted';
import { ShareApp } from './share/ShareApp';
import { isSettingsPlace } from './settings/place';
import { SettingsApp } from './settings/SettingsApp';
import type { UiState } from './ui-state';

const root = document.documentElement;

// Of all listeners the first.
nameShiftTab();
markLastInput();

/** The only place that chooses between the two engines; each is loaded only where it is used. */
async function chooseEngine(): Promise<{ engine: Engine; ui: Partial<UiState>; retell?: (texts: i18n) => void }> {
  if ('__TAURI_INTERNALS__' in globalThis) {
    const { tauriEngine } = await import('./engine/tauri');
    return { engine: await tauriEngine(), ui: { picturesFirst: true } };
  }
  const { fakeFromUrl, speakPseudo, uiFromUrl } = await import('./engine/fake');
  const url = new URL(location.href);
  return { engine: fakeFromUrl(url), ui: uiFromUrl(url), ...(url.searchParams.has('pseudo') ? { retell: speakPseudo } : {}) };
}

const { engine, ui, retell } = await chooseEngine();
const { shell } = engine;

// The shell's other windows are the same page with another name behind it.
const isShare = location.hash === '#share';
const isBar = location.hash === '#bar';
const isSettings = isSettingsPlace(location.hash);
const isDoctor = isDoctorPlace(location.hash);
// What lies under the page is seen through it only where there are pictures.
if (!isSettings && !isDoctor) root.dataset['presenter'] = shell.presenter;

const [store, texts] = await Promise.all([followEngine(engine), startTexts(languageOf(shell.language ?? shell.locale))]);
// Nearly always the same; who chose another does not see the first.
await speak(texts, wantedLanguage(store.getState(), shell).language, () => true);
retell?.(texts);
const place = document.getElementById('root');
if (place !== null) {
  const made = createRoot(place);
  // The doctor's window is rarely seen: the others do not wait for it.
  if (isDoctor) {
    const { DoctorApp } = await import('./doctor/DoctorApp');
    made.render(<DoctorApp engine={engine} store={store} texts={texts} />);
  } else if (isSettings) made.render(<SettingsApp engine={engine} store={store} texts={texts} />);
  else if (isBar) made.render(<BarApp engine={engine} store={store} texts={texts} />);
  else made.render(isShare ? <ShareApp engine={engine} store={store} texts={texts} /> : <App engine={engine} store={store} texts={texts} ui={ui} />);
}
