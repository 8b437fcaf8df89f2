import { Check, ChevronDown, Mic, Video, Volume2 } from 'lucide-react';
import { Button, Label, ListBox, ListBoxItem, Select, SelectValue } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useDeviceChoice } from '../devices';
import type { DeviceKind } from '../engine/contract';
import { Popover } from './overlays';
import style from './parts.module.css';

const ICONS = { microphone: Mic, loudspeaker: Volume2, camera: Video };

/** The list of one kind of device, with the system's choice on top. `label`: it has its words elsewhere. */
export function DeviceSelect({ kind, label }: { kind: DeviceKind; label?: { 'aria-labelledby': string; 'aria-describedby': string } }) {
  const { t } = useTranslation('devices');
  const { options, selected, choose } = useDeviceChoice(kind);
  const Icon = ICONS[kind];
  return (
    <Select
      className={style.field ?? ''}
      selectedKey={selected}
      onSelectionChange={(key) => key !== null && choose(String(key))}
      data-testid={`select-${kind}`}
      {...label}
    >
      {label === undefined && <Label className={style.label ?? ''}>{t(`kind.${kind}`)}</Label>}
      <Button className={style.input ?? ''}>
        <Icon aria-hidden="true" />
        <SelectValue className={style.value ?? ''}>
          {({ selectedText }) => <span>{selectedText ?? t(`none.${kind}`)}</span>}
        </SelectValue>
        <ChevronDown aria-hidden="true" className={style.chevron} />
      </Button>
      <Popover>
        <ListBox className={style.menu ?? ''} items={options}>
          {(option) => (
            <ListBoxItem className={style.item ?? ''} id={option.key} textValue={option.name} data-device={option.key}>
              <span className={style.itemText}>{option.name}</span>
              <Check aria-hidden="true" className={style.tick} />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
