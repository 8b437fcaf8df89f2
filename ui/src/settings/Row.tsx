import { Lock } from 'lucide-react';
import { createContext, type ReactNode, use, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import { LockNote } from '../policy/LockNote';
import { useAdvice, useWhoText } from '../policy/rules';
import type { RowId } from './rows';
import style from './settings.module.css';

/** The words of a control, by the ids of what says them. */
export interface Said {
  'aria-labelledby': string;
  'aria-describedby': string;
}

const SaidContext = createContext<Said>({ 'aria-labelledby': '', 'aria-describedby': '' });

/** For the control in a row: whose words it has. */
export function useSaid(): Said {
  return use(SaidContext);
}

/** The row that was looked for and has nothing to operate. */
export const ShownRow = createContext<RowId | null>(null);

/** Set by the organisation: which key, and the value in words. */
export interface Locked {
  rule: string;
  value: string;
  /** It was taken away rather than set. */
  forbids?: boolean;
}

interface Props {
  id: RowId;
  /** The person has chosen otherwise than usual. */
  own?: boolean;
  onReset?: () => void;
  /** The key that may advise. */
  advice?: string;
  locked?: Locked | undefined;
  /** Nothing is chosen here, so there is no origin. */
  plain?: boolean;
  /** The control needs the whole width. */
  wide?: boolean;
  /** In place of the usual words below the title. */
  hint?: ReactNode;
  children?: ReactNode;
}

/** One setting: what it is called and does, where its value comes from, and its control. */
export function Row({ id, own = false, onReset, advice = '', locked, plain = false, wide = false, hint, children }: Props) {
  const { t } = useTranslation('settings');
  const name = useId();
  const who = useWhoText();
  const advised = useAdvice(advice) !== undefined;
  const origin = locked !== undefined ? 'set' : own ? 'own' : advised ? 'advised' : 'usual';
  const shown = use(ShownRow) === id;
  const said = { 'aria-labelledby': `${name}-title`, 'aria-describedby': `${name}-hint ${name}-origin` };
  // It takes the focus itself, with its words; elsewhere a group would say each control's name twice.
  const itself = shown ? { role: 'group', tabIndex: -1, 'aria-labelledby': `${name}-title`, 'aria-describedby': `${name}-hint` } : {};
  return (
    <div className={classes(style.row, wide && style.wide)} {...itself} data-testid={`row-${id}`} data-setting={id} data-origin={plain ? undefined : origin}>
      <div className={style.words}>
        <div id={`${name}-title`} className={style.title}>
          {t(`row.${id}.title`)}
        </div>
        <p id={`${name}-hint`} className={parts.hint}>
          {hint ?? t(`row.${id}.hint`)}
        </p>
        {!plain && locked === undefined && (
          <p className={style.origin}>
            <span id={`${name}-origin`} data-own={own || undefined}>
              {origin === 'advised' ? who('advised') : t(`origin.${own ? 'own' : 'usual'}`)}
            </span>
            {own && onReset !== undefined && (
              <Button size="small" onPress={onReset} aria-label={t('restoreRow', { row: t(`row.${id}.title`) })} data-testid={`restore-${id}`}>
                {t('restore')}
              </Button>
            )}
          </p>
        )}
      </div>
      {(children !== undefined || locked !== undefined) && (
        <div className={style.control} data-control="">
          <SaidContext value={said}>{locked === undefined ? children : <LockedValue locked={locked} name={name} />}</SaidContext>
        </div>
      )}
    </div>
  );
}

/** Readable, to be focused, and not to be changed. */
function LockedValue({ locked: { rule, value, forbids = false }, name }: { locked: Locked; name: string }) {
  return (
    <>
      <div className={style.locked}>
        <Lock aria-hidden="true" />
        <input className={parts.input} readOnly data-locked value={value} aria-labelledby={`${name}-title`} aria-describedby={`${name}-lock`} data-testid="locked" />
      </div>
      <LockNote id={`${name}-lock`} rule={rule} forbids={forbids} />
    </>
  );
}
