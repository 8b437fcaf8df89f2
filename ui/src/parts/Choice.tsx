import { Check, ChevronDown } from 'lucide-react';
import { Button, ListBox, ListBoxItem, Select, SelectValue } from 'react-aria-components';
import { Popover } from './overlays';
import style from './parts.module.css';

interface Props<T extends string> {
  'aria-labelledby': string;
  'aria-describedby': string;
  options: readonly { key: T; name: string }[];
  selected: T;
  onChoose: (key: T) => void;
  'data-testid'?: string;
}

/** One of a few, with its words elsewhere. */
export function Choice<T extends string>({ options, selected, onChoose, ...rest }: Props<T>) {
  return (
    <Select {...rest} className={style.field ?? ''} selectedKey={selected} onSelectionChange={(key) => key !== null && key !== selected && onChoose(key as T)}>
      <Button className={style.input ?? ''}>
        <SelectValue className={style.value ?? ''}>{({ selectedText }) => <span>{selectedText}</span>}</SelectValue>
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
