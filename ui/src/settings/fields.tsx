import { useTranslation } from 'react-i18next';
import type { Settings } from '../engine/contract';
import { USUAL } from '../engine/store';
import { Choice } from '../parts/Choice';
import { Switch } from '../parts/Switch';
import { type Locked, Row, useSaid } from './Row';
import type { RowId } from './rows';
import { useSettings } from './useSettings';

type KeysOf<T> = { [K in keyof Settings]: Settings[K] extends T ? K : never }[keyof Settings];

interface SwitchProps {
  id: RowId;
  on: boolean;
  usual?: boolean;
  onChange: (on: boolean) => void;
  advice?: string;
  locked?: Locked | undefined;
}

/** Something that is on or off. */
export function SwitchRow({ id, on, usual = true, onChange, ...row }: SwitchProps) {
  return (
    <Row id={id} own={on !== usual} onReset={() => onChange(usual)} {...row}>
      <Toggle id={id} on={on} onChange={onChange} />
    </Row>
  );
}

function Toggle({ id, on, onChange }: Pick<SwitchProps, 'id' | 'on' | 'onChange'>) {
  return <Switch {...useSaid()} isSelected={on} onChange={onChange} data-testid={`set-${id}`} />;
}

/** A switch for one field of the settings. */
export function SettingSwitch({ id, field, ...row }: { id: RowId; field: KeysOf<boolean> } & Pick<SwitchProps, 'advice' | 'locked'>) {
  const { settings, change } = useSettings();
  return <SwitchRow id={id} on={settings[field]} usual={USUAL[field]} onChange={(on) => change({ [field]: on })} {...row} />;
}

interface ChoiceProps<T extends string> {
  id: RowId;
  options: readonly { key: T; name: string }[];
  selected: T;
  own: boolean;
  onChoose: (key: T) => void;
  onReset: () => void;
  advice?: string;
  locked?: Locked | undefined;
  hint?: string;
}

/** One of a few. */
export function ChoiceRow<T extends string>({ id, options, selected, onChoose, ...row }: ChoiceProps<T>) {
  return (
    <Row id={id} {...row}>
      <Pick id={id} options={options} selected={selected} onChoose={onChoose} />
    </Row>
  );
}

function Pick<T extends string>({ id, ...rest }: Pick<ChoiceProps<T>, 'id' | 'options' | 'selected' | 'onChoose'>) {
  return <Choice {...useSaid()} {...rest} data-testid={`set-${id}`} />;
}

/** One of the words of a field of the settings; each has its name under `word`. */
export function SettingChoice<K extends 'theme' | 'contrast' | 'motion' | 'typeface' | 'noise' | 'spoken_name' | 'turn'>({ id, field, words }: { id: RowId; field: K; words: readonly Settings[K][] }) {
  const { t } = useTranslation('settings');
  const { settings, change } = useSettings();
  const options = words.map((key) => ({ key, name: t(`word.${field}.${key}` as 'word.theme.system') }));
  return (
    <ChoiceRow<Settings[K]>
      id={id}
      options={options}
      selected={settings[field]}
      own={settings[field] !== USUAL[field]}
      onChoose={(key) => change({ [field]: key })}
      onReset={() => change({ [field]: USUAL[field] })}
    />
  );
}
