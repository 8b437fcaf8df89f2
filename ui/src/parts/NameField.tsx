import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { LockNote } from '../policy/LockNote';
import { useRule } from '../policy/rules';
import style from './parts.module.css';

/** Longest name that servers take. */
const LONGEST = 120;

/** The name that a link gives, and that whoever follows it cannot change: what is theirs stays what it is for other meetings. */
export function GivenName({ name }: { name: string }) {
  const { t } = useTranslation('home');
  const id = useId();
  return (
    <div className={style.field}>
      <label className={style.label} htmlFor={id}>
        {t('name')}
      </label>
      <input id={id} className={style.input} value={name} readOnly data-locked aria-describedby={`${id}-hint`} data-testid="given-name" />
      <p id={`${id}-hint`} className={style.hint}>
        {t('nameGiven')}
      </p>
    </div>
  );
}

/** The own name: sent as it is typed, so that no key press can outrun it. `label`: it has its words elsewhere. */
export function NameField({ hint = false, focus = false, label }: { hint?: boolean; focus?: boolean; label?: { 'aria-labelledby': string; 'aria-describedby': string } }) {
  const { t } = useTranslation('home');
  const id = useId();
  const send = useSend();
  const known = useMeeting((state) => state.me.name);
  const [text, setText] = useState(known);
  const field = useRef<HTMLInputElement>(null);
  const locked = useRule('DisplayName') !== undefined;

  // The engine's word holds, but not while somebody is typing.
  useEffect(() => {
    if (locked || document.activeElement !== field.current) setText(known);
  }, [known, locked]);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, [focus]);

  return (
    <div className={style.field}>
      {label === undefined && (
        <label className={style.label} htmlFor={id}>
          {t('name')}
        </label>
      )}
      <input
        ref={field}
        id={id}
        className={style.input}
        value={text}
        maxLength={LONGEST}
        autoComplete="name"
        spellCheck={false}
        aria-labelledby={label?.['aria-labelledby']}
        aria-describedby={locked ? `${id}-lock` : hint ? `${id}-hint` : label?.['aria-describedby']}
        readOnly={locked}
        data-locked={locked || undefined}
        onChange={(event) => {
          setText(event.target.value);
          send({ kind: 'set_name', name: event.target.value.trim() });
        }}
        data-testid="name-field"
      />
      {locked && <LockNote id={`${id}-lock`} rule="DisplayName" />}
      {hint && !locked && (
        <p id={`${id}-hint`} className={style.hint}>
          {t('nameHelp')}
        </p>
      )}
    </div>
  );
}
