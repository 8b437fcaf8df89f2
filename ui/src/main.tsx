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

/** The only place that chooses between the two engines; each is loaded only where it is used. */
async function chooseEngine(): Promise<Engine> {
  if ('__TAURI_INTERNALS__' in globalThis) {
    const { tauriEngine } = await import('./engine/tauri');
    return tauriEngine();
  }
  const { fakeFromUrl } = await import('./engine/fake');
  return fakeFromUrl(new URL(location.href));
}

const engine = await chooseEngine();
const root = document.documentElement;
const theme = new URLSearchParams(location.search).get('theme');
if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme;
if (theme === 'more' || matchMedia('(prefers-contrast: more)').matches) root.dataset['contrast'] = 'more';
root.dataset['presenter'] = engine.shell.presenter;

const [store, texts] = await Promise.all([followEngine(engine), startTexts(languageOf(engine.shell.locale))]);
const place = document.getElementById('root');
if (place !== null) createRoot(place).render(<App engine={engine} store={store} texts={texts} />);
