import { Copy, Lock, TriangleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { PolicyView, RuleView } from '../engine/contract';
import { copyText } from '../error/actions';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import { useOutcome } from '../parts/useOutcome';
import { useUi, useUiStore } from '../ui-state';
import style from './policy.module.css';
import { useWhoText } from './rules';

/** Some rule could not be read (interface specification §7). */
const UNREAD = 'VIS-POL-READ-80';

/** Everything that the organisation has decided here: readable, with its origin, and not to be changed. */
export function RulesDialog() {
  const { t } = useTranslation('policy');
  const ui = useUiStore();
  const open = useUi((state) => state.rulesOpen);
  const shown = useUi((state) => state.ruleShown);
  const policy = useMeeting((state) => state.policy);
  const { outcome: copied, turn, tell } = useOutcome<boolean>();
  const managed = policy.rules.filter((rule) => rule.in_force).length;
  const close = (isOpen: boolean) => {
    tell(null);
    ui.setState({ rulesOpen: isOpen, ...(isOpen ? {} : { ruleShown: null }) });
  };
  const copy = () => {
    tell(null);
    void copyText(textOf(policy)).then(tell);
  };
  return (
    <Dialog title={t('title')} isOpen={open} onOpenChange={close}>
      <p>
        <strong>{t('openCount', { count: managed, who: policy.organisation || t('yourOrganisation') })}</strong> {t('intro')}
      </p>
      {policy.problems.length > 0 && <Unread problems={policy.problems} />}
      <ul role="list" className={style.rules} tabIndex={0} aria-label={t('title')} data-testid="rules">
        {policy.rules.map((rule) => (
          <Rule key={`${rule.key} ${rule.source}`} rule={rule} shown={rule.key === shown} />
        ))}
      </ul>
      <div className={style.keys}>
        <span role="status">{copied !== null && <span key={turn}>{t(copied ? 'copied' : 'copyFailed')}</span>}</span>
        <Button look="secondary" onPress={copy}>
          <Copy aria-hidden="true" />
          {t('copy')}
        </Button>
      </div>
    </Dialog>
  );
}

function Unread({ problems }: { problems: string[] }) {
  const { t } = useTranslation('policy');
  return (
    <div className={style.unread} role="alert" data-testid="policy-unread" data-code={UNREAD}>
      <TriangleAlert aria-hidden="true" />
      <div>
        <p>
          <strong>{t('unread')}</strong> {t('unreadText')}
        </p>
        {problems.map((problem) => (
          <p key={problem} className={style.mono} lang="en">
            {problem}
          </p>
        ))}
        <p className={style.mono}>{UNREAD}</p>
      </div>
    </div>
  );
}

function Rule({ rule, shown }: { rule: RuleView; shown: boolean }) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (shown) item.current?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  const { t } = useTranslation('policy');
  const who = useWhoText();
  const title = t(`key.${rule.key}` as 'key.ServerURL', { defaultValue: rule.key });
  const value = rule.value === 'true' ? t('on') : rule.value === 'false' ? t('off') : rule.value;
  const state = !rule.known ? t('noEffect') : rule.in_force ? who(rule.mandatory ? 'by' : 'advised') : t('ignored');
  return (
    <li ref={item} className={style.rule} data-shown={shown || undefined} data-testid="rule" data-key={rule.key} data-in-force={rule.in_force || undefined}>
      <div className={style.ruleHead}>
        <span className={style.ruleTitle}>{title}</span>
        <span className={style.value} data-locked={(rule.mandatory && rule.in_force) || undefined}>
          {rule.mandatory && rule.in_force && <Lock aria-hidden="true" />}
          {value || '–'}
        </span>
      </div>
      <p className={style.state}>{state}</p>
      <p className={style.mono}>
        {rule.key} · {rule.source} · {t(rule.mandatory ? 'mandatory' : 'recommended')}
      </p>
      {rule.error !== null && (
        <p className={style.mono} data-bad="" lang="en">
          {rule.error}
        </p>
      )}
    </li>
  );
}

/** For a help desk: keys, values and where they come from. */
function textOf({ rules, problems }: PolicyView): string {
  const line = ({ key, value, mandatory, in_force, source, error }: RuleView) =>
    [key, value, mandatory ? 'mandatory' : 'recommended', in_force ? 'in force' : 'not in force', source, ...(error === null ? [] : [error])].join('\t');
  return [...rules.map(line), ...problems].join('\n');
}
