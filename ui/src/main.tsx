import '@fontsource-variable/atkinson-hyperlegible-next/index.css';
import '@fontsource-variable/atkinson-hyperlegible-mono/index.css';
import './styles/base.css';
import './styles/tokens.css';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import type { Engine } from './engine/engine';
import { followEngine } from './engine/store';
import { languageOf } from './i18n/languages';
import { startTexts } from './i18n/i18n';
import { ShareApp } from './share/ShareApp';
import type { UiState } from './ui-state';

const root = document.documentElement;

/** The only place that chooses between the two engines; each is loaded only where it is used. */
async function chooseEngine(): Promise<{ engine: Engine; ui: Partial<UiState> }> {
  if ('__TAURI_INTERNALS__' in globalThis) {
    const { tauriEngine } = await import('./engine/tauri');
    return { engine: await tauriEngine(), ui: { picturesFirst: true } };
  }
  const { fakeFromUrl, uiFromUrl } = await import('./engine/fake');
  const url = new URL(location.href);
  const theme = url.searchParams.get('theme');
  if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme;
  if (theme === 'more') root.dataset['contrast'] = 'more';
  return { engine: fakeFromUrl(url), ui: uiFromUrl(url) };
}

/** High contrast is a set of tokens of its own; the system's wish is followed live. */
function followContrast(): void {
  const query = matchMedia('(prefers-contrast: more)');
  const follow = () => {
    if (query.matches) root.dataset['contrast'] = 'more';
    else delete root.dataset['contrast'];
  };
  if (query.matches) follow();
  query.addEventListener('change', follow);
}

const { engine, ui } = await chooseEngine();
followContrast();
root.dataset['presenter'] = engine.shell.presenter;

const [store, texts] = await Promise.all([followEngine(engine), startTexts(languageOf(engine.shell.locale))]);
const place = document.getElementById('root');
// The shell's second window is the same page with another name behind it.
const isShare = location.hash === '#share';
if (place !== null) {
  createRoot(place).render(isShare ? <ShareApp engine={engine} store={store} texts={texts} /> : <App engine={engine} store={store} texts={texts} ui={ui} />);
}
