import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';

/** What is to be of our camera (`on`), what others can see of it (`shown`), and why these differ. */
export interface OwnCamera {
  on: boolean;
  shown: boolean;
  /** In a few words; `null` where nothing is missing. */
  missing: string | null;
}

/** The state of our camera's key. It is to be on, and nothing comes of it: that is off for everybody who looks. */
export function useOwnCamera(): OwnCamera {
  const { t } = useTranslation(['call', 'prejoin']);
  const on = useMeeting((state) => state.me.camera_on);
  const none = useMeeting((state) => state.me.seeing === 'no_device');
  const failed = useMeeting((state) => state.me.preview.kind === 'failed');
  if (!on || !(none || failed)) return { on, shown: on, missing: null };
  return { on, shown: false, missing: t(none ? 'call:seeing.no_device' : 'prejoin:cameraBlocked') };
}
