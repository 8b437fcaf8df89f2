import { Check, ChevronDown, type LucideIcon } from 'lucide-react';
import { Button, Label, ListBox, ListBoxItem, Select, SelectValue } from 'react-aria-components';
import { useEngine } from '../engine/context';
import { Popover } from './overlays';
import style from './parts.module.css';

/** Where the words of a list are: before it, or in an element of their own. */
export type Said = { label: string } | { 'aria-labelledby': string; 'aria-describedby': string };

type Props<T extends string> = Said & {
  options: readonly { key: T; name: string }[];
  selected: T;
  onChoose: (key: T) => void;
  icon?: LucideIcon;
  /** What is read where there is nothing to choose. */
  empty?: string;
  'data-testid'?: string;
};

/**
 * One of a few: a list that opens. Its key is named by what is chosen and by its label.
 *
 * A key with a list behind it is a box of choices to WebKitGTK, and Orca takes the name of such a box for its value as well: everything would be read twice. There
 * it is a key that opens something, and each is read once.
 */
export function Choice<T extends string>({ options, selected, onChoose, icon: Icon, empty, ...rest }: Props<T>) {
  const { label, ...said } = 'label' in rest ? rest : { ...rest, label: undefined };
  const { shell } = useEngine();
  const plain = shell.platform === 'linux' ? ({ 'aria-haspopup': 'false' } as const) : {};
  return (
    <Select {...said} className={style.field ?? ''} selectedKey={selected} onSelectionChange={(key) => key !== null && key !== selected && onChoose(key as T)}>
      {label !== undefined && <Label className={style.label ?? ''}>{label}</Label>}
      <Button className={style.input ?? ''} {...plain}>
        {Icon !== undefined && <Icon aria-hidden="true" />}
        <SelectValue className={style.value ?? ''}>{({ selectedText }) => <span>{selectedText ?? empty}</span>}</SelectValue>
        <ChevronDown aria-hidden="true" className={style.chevron} />
      </Button>
      <Popover>
        <ListBox className={style.menu ?? ''} items={options}>
          {(option) => (
            <ListBoxItem className={style.item ?? ''} id={option.key} textValue={option.name} data-option={option.key}>
              <span className={style.itemText}>{option.name}</span>
              <Check aria-hidden="true" className={style.tick} />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
