import { useId } from 'react';
import parts from './parts.module.css';

interface FieldProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete?: string;
  secret?: boolean;
  focus?: boolean;
  invalid?: boolean;
  testId: string;
}

/** A line of text with its name above and a hint below; a `secret` one is not shown. */
export function Field({ label, hint, value, onChange, autoComplete = 'off', secret = false, focus = false, invalid = false, testId }: FieldProps) {
  const id = useId();
  return (
    <div className={parts.field}>
      <label className={parts.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={parts.input}
        type={secret ? 'password' : 'text'}
        value={value}
        autoComplete={autoComplete}
        autoCapitalize="off"
        spellCheck={false}
        autoFocus={focus}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        aria-invalid={invalid}
        onChange={(event) => onChange(event.target.value)}
        data-testid={testId}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className={parts.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
