import mono from '../../node_modules/@fontsource-variable/atkinson-hyperlegible-mono/LICENSE?raw';
import next from '../../node_modules/@fontsource-variable/atkinson-hyperlegible-next/LICENSE?raw';
import dyslexic from '../../node_modules/@fontsource/opendyslexic/LICENSE?raw';
import selfie from '../../../crates/video/model/LICENSE?raw';
import tauriApache from '../../node_modules/@tauri-apps/api/LICENSE-APACHE-2.0?raw';
import tauriMit from '../../node_modules/@tauri-apps/api/LICENSE-MIT?raw';
import i18next from '../../node_modules/i18next/LICENSE?raw';
import lucide from '../../node_modules/lucide-react/LICENSE?raw';
import aria from '../../node_modules/react-aria-components/LICENSE?raw';
import reactI18next from '../../node_modules/react-i18next/LICENSE?raw';
import react from '../../node_modules/react/LICENSE?raw';
import zustand from '../../node_modules/zustand/LICENSE?raw';

/** What the page is made of, and the model by which a person is told from the background, and under what words. */
export const LICENCES: readonly (readonly [string, string])[] = [
  ['Atkinson Hyperlegible Next', next],
  ['Atkinson Hyperlegible Mono', mono],
  ['OpenDyslexic', dyslexic],
  ['React', react],
  ['React Aria Components', aria],
  ['i18next', i18next],
  ['react-i18next', reactI18next],
  ['Lucide', lucide],
  ['Zustand', zustand],
  ['MediaPipe Selfie Segmentation', selfie],
  ['Tauri', `${tauriMit}\n\n${tauriApache}`],
];
