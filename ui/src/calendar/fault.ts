import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { CalendarFault } from '../engine/contract';

/** Why a calendar is not read, in a sentence. */
export function useFault(): (fault: CalendarFault) => string {
  const { t } = useTranslation('calendar');
  const name = useMeeting((state) => state.home.calendar.place?.name ?? '');
  return (fault) => t(`fault.${fault}`, { name });
}
