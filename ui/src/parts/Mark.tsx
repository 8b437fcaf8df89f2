import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import style from './parts.module.css';

/** The mark: two half-discs face to face. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path d="M14 5a11 11 0 0 0 0 22z" fill="var(--accent)" />
      <path d="M18 6.2a9.8 9.8 0 0 1 0 19.6z" fill="none" stroke="var(--accent)" strokeWidth="2.4" />
    </svg>
  );
}

/** Mark and name: ours, or the organisation's. */
export function Logo() {
  const { t } = useTranslation();
  const { name, mark } = useMeeting((state) => state.policy.brand);
  return (
    <div className={style.logo} data-testid="logo">
      {/* The name stands beside it. */}
      {mark === null ? name === '' && <Mark /> : <img className={style.brandMark} src={mark} alt="" />}
      <span>{name || t('product')}</span>
    </div>
  );
}
