import { useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting } from './engine/context';
import type { Snapshot } from './engine/contract';

/** What the meeting is called, as far as it is known; empty outside of one. No sign in it turns or hides what stands beside it. Pure. */
export function meetingName({ phase, room }: Pick<Snapshot, 'phase' | 'room'>): string {
  const link = 'link' in phase ? phase.link : null;
  if (link === null) return '';
  return (room.name || link.room || link.host).replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

/**
 * Calls the main window what it shows, the meeting first: in the task bar, and for whoever comes back to it with their eyes shut.
 *
 * The name goes to the window alone; nothing writes it down.
 */
export function useWindowTitle(): void {
  const { t } = useTranslation('common');
  const engine = useEngine();
  const kind = useMeeting((state) => state.phase.kind);
  const name = useMeeting(meetingName);
  const title = t(`window.${kind}`, { name });
  useLayoutEffect(() => {
    document.title = title;
    void engine.setTitle(title).catch(() => undefined);
  }, [engine, title]);
}
