import { Building2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../parts/Button';
import { useIsManaged, useSeeRules } from './rules';

/** Says that an organisation manages this computer, and opens its rules. */
export function ManagedKey() {
  const { t } = useTranslation('policy');
  const see = useSeeRules();
  if (!useIsManaged()) return null;
  return (
    <Button size="small" look="secondary" onPress={see} data-testid="managed">
      <Building2 aria-hidden="true" />
      {t('open')}
    </Button>
  );
}
