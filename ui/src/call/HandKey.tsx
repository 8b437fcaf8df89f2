import { Hand, SmilePlus } from 'lucide-react';
import { useRef } from 'react';
import { Button, ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Reactions } from '../together/Reactions';
import { useUi, useUiStore } from '../ui-state';
import style from './call.module.css';

/** Up or down; the rank is on our tile and in the list. */
export function HandKey() {
  const { t } = useTranslation('together');
  const send = useSend();
  const up = useMeeting((state) => state.me.hand !== null);
  return (
    <ToggleButton
      className={style.key ?? ''}
      data-fill=""
      isSelected={up}
      onChange={(next) => send({ kind: 'raise_hand', up: next })}
      data-testid="toggle-hand"
    >
      <Hand aria-hidden="true" />
      {t('hand')}
    </ToggleButton>
  );
}

export function ReactKey() {
  const { t } = useTranslation('together');
  const ui = useUiStore();
  const open = useUi((state) => state.reactionsOpen);
  const key = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button
        ref={key}
        className={style.key ?? ''}
        data-fill=""
        aria-haspopup="dialog"
        aria-expanded={open}
        onPress={() => ui.setState({ reactionsOpen: !open })}
        data-testid="react"
      >
        <SmilePlus aria-hidden="true" />
        {t('react')}
      </Button>
      <Reactions anchor={key} />
    </>
  );
}
