import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { spokenName } from '../a11y/choose';
import { useMeeting } from '../engine/context';
import { togglePin, useUiStore } from '../ui-state';
import type { Face } from './model';

/** What somebody changes in the layout without looking: each says what has become of it (interface specification §3). */
export function useLayoutActs() {
  const { t } = useTranslation(['announce', 'common', 'stage']);
  const ui = useUiStore();
  const announce = useAnnounce();
  const how = useMeeting((state) => state.settings.spoken_name);
  const say = (text: string) => announce({ kind: 'layout', text, politeness: 'polite' });
  const called = ({ kind, name }: Pick<Face, 'kind' | 'name'>): string => {
    if (kind === 'self') return t('common:you');
    const named = spokenName(name, how);
    // A word for nobody in particular does not fit into *screen of …*: it would be written, or bent, in another way there.
    if (kind === 'screen') return named === null ? t('announce:sharedScreen') : t('stage:screenOf', { name: named });
    return named ?? t('announce:somebody');
  };
  return {
    /** Makes a tile large, or small again. */
    pin: (key: string, face: Pick<Face, 'kind' | 'name'>) => {
      togglePin(ui, key);
      say(t(ui.getState().pins.includes(key) ? 'announce:pinned' : 'announce:unpinned', { name: called(face) }));
    },
    /** Hides our own picture from ourselves, or shows it again. */
    hideSelf: (hidden: boolean) => {
      ui.setState({ selfHidden: hidden });
      say(t(hidden ? 'announce:selfHidden' : 'announce:selfShown'));
    },
  };
}
