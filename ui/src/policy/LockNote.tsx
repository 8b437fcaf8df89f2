import { Lock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../parts/Button';
import style from './policy.module.css';
import { useSeeRules, useWhoText } from './rules';

interface Props {
  id?: string;
  /** What is set, where the field beside does not say it. */
  what?: string;
  forbids?: boolean;
  /** The key to show first. */
  rule?: string;
}

/** Who has set a field, and the way to the rule. */
export function LockNote({ id, what, forbids = false, rule }: Props) {
  const { t } = useTranslation('policy');
  const who = useWhoText();
  const see = useSeeRules(rule);
  return (
    <div className={style.note} data-testid="lock-note">
      <p id={id} className={style.who}>
        <Lock aria-hidden="true" />
        <span>
          {what !== undefined && <strong>{what}. </strong>}
          {who(forbids ? 'forbidden' : 'by')}
        </span>
      </p>
      <Button size="small" onPress={see} data-testid="see-rule">
        {t('see')}
      </Button>
    </div>
  );
}
