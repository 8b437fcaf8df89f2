import { Check, ChevronDown, type LucideIcon } from 'lucide-react';
import { Button, Label, ListBox, ListBoxItem, Select, SelectValue } from 'react-aria-components';
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

/** One of a few: a list that opens. */
export function Choice<T extends string>({ options, selected, onChoose, icon: Icon, empty, ...rest }: Props<T>) {
  const { label, ...said } = 'label' in rest ? rest : { ...rest, label: undefined };
  return (
    <Select {...said} className={style.field ?? ''} selectedKey={selected} onSelectionChange={(key) => key !== null && key !== selected && onChoose(key as T)}>
      {label !== undefined && <Label className={style.label ?? ''}>{label}</Label>}
      <Button className={style.input ?? ''}>
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
