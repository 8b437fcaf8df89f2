import { Ear, EarOff, Eye, EyeOff } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { Hearing, Seeing } from '../engine/contract';
import { DeviceSelect } from '../parts/DeviceSelect';
import { Popover } from '../parts/overlays';
import style from './call.module.css';

export type LineTone = 'yes' | 'wait' | 'no';

export const HEARING_TONE: Record<Hearing, LineTone> = {
  connecting: 'wait',
  heard: 'yes',
  alone: 'wait',
  off: 'no',
  muted_by_system: 'no',
  silent: 'no',
  no_device: 'no',
  poor: 'no',
  lost: 'no',
  forbidden: 'wait',
};

export const SEEING_TONE: Record<Seeing, LineTone> = {
  connecting: 'wait',
  seen: 'yes',
  alone: 'wait',
  off: 'no',
  no_device: 'no',
  frozen: 'no',
  lost: 'no',
  forbidden: 'wait',
};

/** The signature line: what others receive of us, by evidence of the server. Opens that evidence in words. */
export function Heard({ icons }: { icons: boolean }) {
  const { t } = useTranslation('call');
  const hearing = useMeeting((state) => state.me.hearing);
  const seeing = useMeeting((state) => state.me.seeing);
  const heardTone = HEARING_TONE[hearing];
  const seenTone = SEEING_TONE[seeing];
  const HearIcon = heardTone === 'no' ? EarOff : Ear;
  const SeeIcon = seenTone === 'no' ? EyeOff : Eye;
  const heardText = t(`hearing.${hearing}`);
  const seenText = t(`seeing.${seeing}`);
  return (
    <DialogTrigger>
      <Button
        className={style.heard ?? ''}
        data-icons={icons || undefined}
        aria-label={`${heardText}. ${seenText}.`}
      >
        <span data-tone={heardTone} data-testid="hearing" data-state={hearing}>
          <HearIcon aria-hidden="true" />
          {!icons && heardText}
        </span>
        <span data-tone={seenTone} data-testid="seeing" data-state={seeing}>
          <SeeIcon aria-hidden="true" />
          {!icons && seenText}
        </span>
      </Button>
      <Popover placement="top start">
        <Dialog className={style.evidence ?? ''}>
          <Heading slot="title" level={2}>
            {t('evidence.title')}
          </Heading>
          <dl>
            <div>
              <dt>{heardText}</dt>
              <dd>{t(`evidence.hearing.${hearing}`)}</dd>
            </div>
            <div>
              <dt>{seenText}</dt>
              <dd>{t(`evidence.seeing.${seeing}`)}</dd>
            </div>
          </dl>
          <DeviceSelect kind="microphone" />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
