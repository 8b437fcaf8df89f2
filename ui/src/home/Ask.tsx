import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../parts/Button';
import style from './home.module.css';

interface Props {
  question: string;
  yes: string;
  onYes: () => void;
  onNo: () => void;
}

/** Asks once, in place; keeping is at hand. */
export function Ask({ question, yes, onYes, onNo }: Props) {
  const { t } = useTranslation('home');
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div className={style.ask} role="group" aria-label={question}>
      <p>{question}</p>
      <Button look="danger" size="small" onPress={onYes} data-testid="ask-yes">
        {yes}
      </Button>
      <Button ref={keep} look="secondary" size="small" onPress={onNo}>
        {t('keep')}
      </Button>
    </div>
  );
}
