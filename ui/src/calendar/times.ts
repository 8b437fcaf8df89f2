import { useTranslation } from 'react-i18next';

/** The hours of the day as one says them here. */
export function useTimes() {
  const { t, i18n } = useTranslation('calendar');
  const clock = new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit' });
  return {
    time: (at: number) => clock.format(at),
    range: (start: number, end: number) => (end > start ? clock.formatRange(start, end) : clock.format(start)),
    day: (at: number) => new Intl.DateTimeFormat(i18n.language, { weekday: 'long', day: 'numeric', month: 'long' }).format(at),
    length(start: number, end: number): string {
      const whole = Math.round((end - start) / 60_000);
      const [hours, minutes] = [Math.floor(whole / 60), whole % 60];
      if (whole <= 0) return '';
      if (hours === 0) return t('minutes', { minutes });
      return minutes === 0 ? t('hours', { hours }) : t('hoursMinutes', { hours, minutes: String(minutes).padStart(2, '0') });
    },
  };
}
