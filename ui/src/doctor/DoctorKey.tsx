import { Stethoscope } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button, type Look } from '../parts/Button';
import { useOpenDoctor } from './useOpenDoctor';

/** Opens the network doctor. */
export function DoctorKey({ look = 'ghost' }: { look?: Look }) {
  const { t } = useTranslation('doctor');
  const open = useOpenDoctor();
  return (
    <Button look={look} onPress={open} data-testid="doctor">
      <Stethoscope aria-hidden="true" />
      {t('open')}
    </Button>
  );
}
