import { ChevronUp, LogOut, Mic, MicOff, Video, VideoOff, Volume2 } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import { Button, Header, MenuSection, MenuTrigger, ToggleButton, Toolbar as AriaToolbar } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useEnds } from '../a11y/useEnds';
import { useDeviceChoice } from '../devices';
import { useMeeting, useSend } from '../engine/context';
import type { DeviceKind } from '../engine/contract';
import { Menu, MenuItem, Popover } from '../parts/overlays';
import parts from '../parts/parts.module.css';
import { useSize } from '../parts/useSize';
import { ShareKey } from '../sharing/ShareKey';
import { useSharing } from '../sharing/useSharing';
import { useUiStore } from '../ui-state';
import style from './call.module.css';
import { HandKey, ReactKey } from './HandKey';
import { Heard } from './Heard';
import { LevelBars } from './LevelBars';
import { MoreKey } from './MoreKey';
import { CaptionsKey, ChatKey, LiveKey, PeopleKey } from './PanelKeys';
import { stepFor } from './toolbar-steps';
import { useOwnCamera } from './useOwnCamera';

/**
 * The controls, always labelled, in an order that never changes. A feature without a command has no key:
 * there are no dead ones.
 */
export function Toolbar() {
  const { t } = useTranslation('call');
  const ref = useRef<HTMLDivElement>(null);
  const { w, rem } = useSize(ref);
  useEnds(ref);
  const letters = useMeeting((state) => (state.settings.typeface === 'dyslexic' ? 'broad' : 'usual'));
  const step = stepFor(w === 0 ? Number.POSITIVE_INFINITY : w / rem, letters);
  const can = useMeeting((state) => state.room.capabilities);
  const sharing = useSharing();
  const ui = useUiStore();
  // Reactions that went with their right do not come back by themselves with it.
  useEffect(() => {
    if (!can.reactions) ui.setState({ reactionsOpen: false });
  }, [can.reactions, ui]);
  return (
    <AriaToolbar ref={ref} className={style.bar ?? ''} aria-label={t('toolbar')} data-region="toolbar" data-step={step.name}>
      <Heard icons={step.heardAsIcons} />
      <div className={style.group}>
        <MicrophoneKey caret={step.carets} />
        <CameraKey caret={step.carets} />
        {sharing.may && step.share && <ShareKey />}
        {can.raise_hand && <HandKey />}
        {can.reactions && step.react && <ReactKey />}
        {step.name === 'narrow' && <MoreKey step={step} />}
      </div>
      <div className={style.group} data-end="">
        {can.captions && step.inUse && <CaptionsKey always={step.captions} />}
        {step.inUse && <LiveKey />}
        {can.chat && step.panels && <ChatKey />}
        {step.panels && <PeopleKey />}
        {step.name !== 'narrow' && <MoreKey step={step} />}
        <LeaveKey />
      </div>
    </AriaToolbar>
  );
}

function MicrophoneKey({ caret }: { caret: boolean }) {
  const { t } = useTranslation('call');
  const on = useMeeting((state) => state.me.microphone_on);
  const may = useMeeting((state) => state.room.capabilities.publish_microphone);
  const send = useSend();
  if (!may) return null;
  return (
    <div className={style.split} data-off={on ? undefined : ''}>
      <ToggleButton
        className={style.key ?? ''}
        isSelected={on}
        onChange={(next) => send({ kind: 'set_microphone_on', on: next })}
        data-testid="toggle-microphone"
      >
        <span className={style.keyRow}>
          {on ? <Mic aria-hidden="true" /> : <MicOff aria-hidden="true" />}
          {on && <LevelBars />}
        </span>
        {t('microphone')}
      </ToggleButton>
      {caret && <DeviceCaret kinds={['microphone', 'loudspeaker']} label={t('chooseMicrophone')} />}
    </div>
  );
}

function CameraKey({ caret }: { caret: boolean }) {
  const { t } = useTranslation('call');
  const id = useId();
  const { on, shown, missing } = useOwnCamera();
  const may = useMeeting((state) => state.room.capabilities.publish_camera);
  const send = useSend();
  if (!may) return null;
  return (
    <div className={style.split} data-off={shown ? undefined : ''}>
      <ToggleButton
        className={style.key ?? ''}
        isSelected={shown}
        onChange={() => send({ kind: 'set_camera_on', on: !on })}
        {...(missing !== null && { 'aria-describedby': id })}
        data-testid="toggle-camera"
      >
        {shown ? <Video aria-hidden="true" /> : <VideoOff aria-hidden="true" />}
        {t('camera')}
      </ToggleButton>
      {missing !== null && (
        <span id={id} className="unseen">
          {missing}
        </span>
      )}
      {caret && <DeviceCaret kinds={['camera']} label={t('chooseCamera')} />}
    </div>
  );
}

const DEVICE_ICONS = { microphone: Mic, loudspeaker: Volume2, camera: Video };

function DeviceCaret({ kinds, label }: { kinds: DeviceKind[]; label: string }) {
  return (
    <MenuTrigger>
      <Button className={style.caret ?? ''} aria-label={label}>
        <ChevronUp aria-hidden="true" />
      </Button>
      <Popover placement="top">
        <Menu aria-label={label}>
          {kinds.map((kind) => (
            <DeviceSection key={kind} kind={kind} />
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function DeviceSection({ kind }: { kind: DeviceKind }) {
  const { t } = useTranslation('devices');
  const { options, selected, choose } = useDeviceChoice(kind);
  const Icon = DEVICE_ICONS[kind];
  return (
    <MenuSection
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[itemKey(kind, selected)]}
      onSelectionChange={(keys) => keys !== 'all' && choose(String([...keys][0]).slice(kind.length + 1))}
    >
      <Header className={parts.menuTitle ?? ''}>{t(`kind.${kind}`)}</Header>
      {options.map((option) => (
        <MenuItem key={option.key} id={itemKey(kind, option.key)} icon={<Icon aria-hidden="true" />}>
          {option.name}
        </MenuItem>
      ))}
    </MenuSection>
  );
}

/** Keys are unique in a menu, and one device may be both microphone and loudspeaker. */
function itemKey(kind: DeviceKind, key: string): string {
  return `${kind} ${key}`;
}

function LeaveKey() {
  const { t } = useTranslation('call');
  const send = useSend();
  return (
    <Button className={`${style.key} ${style.leave}`} onPress={() => send({ kind: 'leave' })} data-no-heir="" data-testid="leave">
      <LogOut aria-hidden="true" />
      {t('leave')}
    </Button>
  );
}
