import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useSpokenName } from '../a11y/useSpokenName';
import { togglePin, useUiStore } from '../ui-state';
import type { Face } from './model';

/** What somebody changes in the layout without looking: each says what has become of it (interface specification §3). */
export function useLayoutActs() {
  const { t } = useTranslation(['announce', 'common', 'stage']);
  const ui = useUiStore();
  const announce = useAnnounce();
  const called = useSpokenName();
  const say = (text: string) => announce({ kind: 'layout', text, politeness: 'polite' });
  return {
    /** Makes a tile large, or small again. */
    pin: (key: string, { kind, name }: Pick<Face, 'kind' | 'name'>) => {
      togglePin(ui, key);
      const who = kind === 'self' ? t('common:you') : kind === 'screen' ? t('stage:screenOf', { name: called(name) }) : called(name);
      say(t(ui.getState().pins.includes(key) ? 'announce:pinned' : 'announce:unpinned', { name: who }));
    },
    /** Hides our own picture from ourselves, or shows it again. */
    hideSelf: (hidden: boolean) => {
      ui.setState({ selfHidden: hidden });
      say(t(hidden ? 'announce:selfHidden' : 'announce:selfShown'));
    },
  };
}
