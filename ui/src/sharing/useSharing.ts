import { useMeeting, useSend } from '../engine/context';
import { useUiStore } from '../ui-state';

/** Whether we may share, whether we do, and the one key for both. */
export function useSharing(): { may: boolean; active: boolean; toggle: () => void } {
  const ui = useUiStore();
  const send = useSend();
  const may = useMeeting((state) => state.room.capabilities.publish_screen);
  const active = useMeeting((state) => state.sharing.active !== null);
  const toggle = () => (active ? send({ kind: 'stop_share' }) : ui.setState({ dialog: { kind: 'share' } }));
  return { may, active, toggle };
}
