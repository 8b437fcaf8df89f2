import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { digitOf } from '../digits';
import { useEngine } from '../engine/context';
import { useGlobalKeys } from '../keys/useGlobalKeys';
import { Button } from '../parts/Button';
import parts from '../parts/parts.module.css';
import { useKeysText } from '../parts/useShortcutText';
import type { Keys, Shortcut, ShortcutId } from '../shortcuts';
import { type Conflict, conflictOf, keysPressed, pressOf, shortcutsWith, withUsual } from '../shortcuts-own';
import { SettingSwitch } from './fields';
import { Row } from './Row';
import style from './settings.module.css';
import { useSettings } from './useSettings';

/** Every shortcut with its keys, which can be others or none. */
export function ShortcutsPage() {
  const { t } = useTranslation(['settings', 'shortcuts']);
  const announce = useAnnounce();
  const { settings, change } = useSettings();
  const { sentence } = useGlobalKeys();
  const own = settings.shortcuts;
  const [taking, setTaking] = useState<ShortcutId | null>(null);
  /** Whose usual keys were restored last, and that others have none for it. */
  const [took, setTook] = useState<{ id: ShortcutId; text: string } | null>(null);
  const set = (next: typeof own) => {
    setTaking(null);
    setTook(null);
    change({ shortcuts: next });
  };
  const restore = (id: ShortcutId) => {
    const { own: next, from } = withUsual(id, own);
    set(next);
    if (from.length === 0) return;
    const text = t('settings:keysTook', { names: from.map((one) => t(`shortcuts:${one}`)).join(', ') });
    setTook({ id, text });
    announce({ kind: 'keys-took', text, politeness: 'polite' });
  };
  return (
    <>
      <Row id="keys" wide own={Object.keys(own).length > 0} onReset={() => set({})}>
        <ul role="list" className={style.shortcuts}>
          {shortcutsWith(own).map((shortcut) => (
            <Line
              key={shortcut.id}
              shortcut={shortcut}
              own={own}
              taking={taking === shortcut.id}
              took={took?.id === shortcut.id ? took.text : ''}
              onTake={(take) => setTaking(take ? shortcut.id : null)}
              onKeys={(keys, from) => set({ ...own, ...(from === null ? {} : { [from]: null }), [shortcut.id]: keys === null ? null : pressOf(keys) })}
              onRestore={() => restore(shortcut.id)}
            />
          ))}
        </ul>
      </Row>
      <SettingSwitch id="keysEverywhere" field="keys_everywhere" />
      <p role="status" className={style.outcome} data-testid="global-keys">
        {sentence}
      </p>
    </>
  );
}

interface LineProps {
  shortcut: Shortcut;
  own: Parameters<typeof shortcutsWith>[0];
  taking: boolean;
  /** What its usual keys cost others, when they were just restored. */
  took: string;
  onTake: (take: boolean) => void;
  /** `from`: who has them until now. */
  onKeys: (keys: Keys | null, from: ShortcutId | null) => void;
  onRestore: () => void;
}

function Line({ shortcut, own, taking, took, onTake, onKeys, onRestore }: LineProps) {
  const { t } = useTranslation(['settings', 'shortcuts']);
  const print = useKeysText();
  const { id } = shortcut;
  const key = useRef<HTMLButtonElement>(null);
  const name = t(`shortcuts:${id}`);
  const isOwn = id in own && shortcut.fixed !== true;
  // Whoever presses Escape goes on where they were.
  const leave = () => {
    onTake(false);
    setTimeout(() => key.current?.focus(), 0);
  };
  const all = shortcut.keys.map(print).join(` ${t('settings:or')} `);
  return (
    <li className={style.shortcut} data-testid={`shortcut-${id}`} data-own={isOwn || undefined}>
      <span className={style.shortcutName}>{name}</span>
      <span className={style.shortcutKeys}>{all === '' ? t('shortcuts:none') : <kbd className={parts.kbd}>{all}</kbd>}</span>
      {shortcut.fixed === true ? (
        <span className={style.origin}>{t('settings:keysFixed')}</span>
      ) : taking ? (
        <Taking id={id} own={own} onKeys={(keys, from) => { onKeys(keys, from); setTimeout(() => key.current?.focus(), 0); }} onLeave={leave} />
      ) : (
        <span className={style.shortcutActs}>
          <Button ref={key} size="small" look="secondary" aria-label={t('settings:keysChangeOf', { name })} onPress={() => onTake(true)} data-testid="keys-change">
            {t('settings:keysChange')}
          </Button>
          {shortcut.keys.length > 0 && (
            <Button size="small" aria-label={t('settings:keysNoneOf', { name })} onPress={() => onKeys(null, null)} data-testid="keys-none">
              {t('settings:keysNone')}
            </Button>
          )}
          {isOwn && (
            <Button size="small" aria-label={t('settings:restoreRow', { row: name })} onPress={onRestore} data-testid="keys-restore">
              {t('settings:restore')}
            </Button>
          )}
        </span>
      )}
      {took !== '' && <span className={style.took}>{took}</span>}
    </li>
  );
}

interface TakingProps {
  id: ShortcutId;
  own: LineProps['own'];
  onKeys: LineProps['onKeys'];
  onLeave: () => void;
}

/** Waits for keys, takes them, or says why not. */
function Taking({ id, own, onKeys, onLeave }: TakingProps) {
  const { t } = useTranslation(['settings', 'shortcuts']);
  const { shell } = useEngine();
  const print = useKeysText();
  const { everywhere } = useGlobalKeys();
  const field = useId();
  const [refused, setRefused] = useState<{ keys: Keys; conflict: Conflict } | null>(null);
  const keyDown = (event: KeyboardEvent) => {
    const held = event.ctrlKey || event.metaKey || event.altKey;
    if (!held && event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (!held && event.key === 'Escape') {
      onLeave();
      return;
    }
    const keys = keysPressed(event, shell.platform);
    if (keys === null) return;
    const conflict = conflictOf(id, keys, own, shell.platform, digitOf(event), everywhere);
    if (conflict === null) onKeys(keys, null);
    else setRefused({ keys, conflict });
  };
  const conflict = refused?.conflict;
  const why = conflict === undefined ? '' : 'by' in conflict ? t(`settings:conflict.${conflict.kind}`, { name: t(`shortcuts:${conflict.by}`) }) : t(`settings:conflict.${conflict.kind}`);
  return (
    <span className={style.taking}>
      <label htmlFor={field} className="unseen">
        {t('settings:keysPress', { name: t(`shortcuts:${id}`) })}
      </label>
      <input
        id={field}
        className={parts.input}
        readOnly
        // It was opened to press keys.
        autoFocus
        value={refused === null ? '' : print(refused.keys)}
        placeholder={t('settings:keysPressHere')}
        aria-describedby={`${field}-why`}
        onKeyDown={keyDown}
        data-testid="keys-field"
      />
      <span id={`${field}-why`} role="status" className={style.why} data-testid="keys-why">
        {refused === null ? t('settings:keysHelp') : t('settings:conflictLine', { keys: print(refused.keys), why })}
      </span>
      <span className={style.shortcutActs}>
        {refused !== null && refused.conflict.kind === 'taken' && (
          <Button size="small" look="secondary" onPress={() => refused.conflict.kind === 'taken' && onKeys(refused.keys, refused.conflict.by)} data-testid="keys-take">
            {t('settings:keysTake')}
          </Button>
        )}
        <Button size="small" onPress={onLeave}>
          {t('settings:cancel')}
        </Button>
      </span>
    </span>
  );
}
