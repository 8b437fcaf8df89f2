import { useTranslation } from 'react-i18next';
import { SERVICE_NAMES } from '../home/services';
import type { Way } from './way';

/** What is said of the way to a meeting. */
export function useWayText() {
  const { t } = useTranslation('calendar');
  const inBrowser = ({ foreign }: Way) => (foreign === null ? '' : t('inBrowser', { service: SERVICE_NAMES[foreign.service] }));
  return {
    /** Where it is held: of another service, whose it is too. */
    place: (way: Way) => (way.foreign === null ? way.host : `${inBrowser(way)} (${way.host})`),
    /** The chip of a service that the browser opens, or may not. */
    foreign: (way: Way) => (way.foreign?.refused ? t('refused', { service: SERVICE_NAMES[way.foreign.service] }) : inBrowser(way)),
    key: ({ foreign }: Way) => t(foreign === null ? 'join' : 'open'),
    keyNamed: ({ foreign }: Way, title: string) => t(foreign === null ? 'joinNamed' : 'openNamed', { title }),
    keyAt: ({ foreign }: Way, title: string, time: string) => t(foreign === null ? 'joinAt' : 'openAt', { title, time }),
  };
}
