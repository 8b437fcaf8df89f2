import { useCallback } from 'react';
import { useMeeting, useMeetingStore, useSend } from '../engine/context';
import { useUiStore } from '../ui-state';

/** Lets the person choose what to share: in the system's own dialog where it has one, in ours elsewhere. */
export function useBeginShare(): () => void {
  const ui = useUiStore();
  const send = useSend();
  const store = useMeetingStore();
  return useCallback(() => {
    const sound = ui.getState().shareSound;
    if (store.getState().sharing.system_asks) send({ kind: 'start_share', choice: { kind: 'asked' }, mode: 'automatic', sound });
    else ui.setState({ dialog: { kind: 'share' } });
  }, [ui, send, store]);
}

/** Whether there is something to press, whether we share, and the one key for both. What is shared can be stopped whatever we may. */
export function useSharing(): { may: boolean; active: boolean; toggle: () => void } {
  const send = useSend();
  const begin = useBeginShare();
  const may = useMeeting((state) => state.room.capabilities.publish_screen);
  const active = useMeeting((state) => state.sharing.active !== null);
  const toggle = () => (active ? send({ kind: 'stop_share' }) : begin());
  return { may: may || active, active, toggle };
}
