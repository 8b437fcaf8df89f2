import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { CalendarFault, CalendarReading } from '../engine/contract';

/** Why a calendar is not read, in a sentence. */
export function useFault(): (fault: CalendarFault) => string {
  const { t } = useTranslation('calendar');
  const name = useMeeting((state) => state.home.calendar.place?.name ?? '');
  return (fault) => t(`fault.${fault}`, { name });
}

/** Whether somebody is to say who they are before it is read again. Pure. */
export function asksPassword(reading: CalendarReading): boolean {
  return reading.kind === 'failed' && (reading.fault === 'password' || reading.fault === 'password_missing');
}

/** That no keyring keeps the password of the calendar that is connected, in a sentence; `null` where it is kept, or none is connected. */
export function useNotKept(): string | null {
  const { t } = useTranslation('calendar');
  return useMeeting(({ home: { calendar } }) => calendar.place !== null && !calendar.kept) ? t('notKept') : null;
}
