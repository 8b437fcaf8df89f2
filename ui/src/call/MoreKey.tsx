import { Bell, Building2, Captions, Circle, Eye, EyeOff, History, Info, Keyboard, LifeBuoy, MessageSquare, MonitorUp, MoreHorizontal, ScreenShare, ScreenShareOff, Settings, SmilePlus, Type, Users, Volume2, Wallpaper } from 'lucide-react';
import { useRef } from 'react';
import { Button, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { hasMeetingPanel, usePanelDoors } from '../panels/shown';
import { Menu, MenuItem, Popover } from '../parts/overlays';
import { useShortcutText } from '../parts/useShortcutText';
import { useIsManaged } from '../policy/rules';
import { useOpenSettings } from '../settings/useOpenSettings';
import { useSharing } from '../sharing/useSharing';
import { useLayoutActs } from '../stage/useLayoutActs';
import { Reactions } from '../together/Reactions';
import { useRecording, useRecordingRight } from '../together/recording';
import { useUi, useUiStore } from '../ui-state';
import style from './call.module.css';
import { Badge, useLiveNews, useUnread, useWaiting } from './PanelKeys';
import { useReadState } from './read-state';
import type { Step } from './toolbar-steps';

/** What has no key at this width, and what is rarely needed. */
export function MoreKey({ step }: { step: Step }) {
  const { t } = useTranslation(['background', 'call', 'together', 'panels', 'policy', 'shortcut', 'support', 'settings', 'sharing']);
  const ui = useUiStore();
  const send = useSend();
  const can = useMeeting((state) => state.room.capabilities);
  const captions = useMeeting((state) => state.together.captions !== 'off');
  const said = useMeeting((state) => state.captions.length > 0);
  const unread = useUnread();
  const waiting = useWaiting();
  const keys = useShortcutText();
  const readState = useReadState();
  const openSettings = useOpenSettings();
  const managed = useIsManaged();
  const sharing = useSharing();
  const recording = useRecordingItem();
  const meetingPanel = useMeeting(hasMeetingPanel);
  const doors = usePanelDoors();
  const link = useOwnLink();
  const key = useRef<HTMLButtonElement>(null);
  const live = useLiveNews();
  // What has a key of its own has its badge there.
  const badges = (step.panels ? 0 : unread + waiting) + (step.inUse ? 0 : live.count);
  const label = [
    t('call:more'),
    ...(waiting > 0 && !step.panels ? [t('together:waiting', { count: waiting })] : []),
    ...(unread > 0 && !step.panels ? [t('call:unread', { count: unread })] : []),
    ...(live.text !== '' && !step.inUse ? [live.text] : []),
  ].join(', ');
  const captionsMoved = can.captions && !step.captions && !(step.inUse && captions);
  // The menu gives the focus back to its key; the reactions take it after that.
  const openReactions = () => setTimeout(() => ui.setState({ reactionsOpen: true }), 0);
  return (
    <>
      <MenuTrigger>
        <Button
          ref={key}
          className={style.key ?? ''}
          data-testid="more"
          {...(step.name === 'narrow' ? { 'data-fill': '' } : {})}
          {...(badges > 0 ? { 'aria-label': label } : {})}
        >
          <MoreHorizontal aria-hidden="true" />
          {t('call:more')}
          {badges > 0 && <Badge count={badges} />}
        </Button>
        <Popover placement="top end">
          <Menu aria-label={t('call:more')}>
            {!step.panels && can.chat ? (
              <MenuItem icon={<MessageSquare aria-hidden="true" />} keys={keys('chat')} onAction={() => doors.toggle('chat')}>
                {t('call:chat')}
              </MenuItem>
            ) : null}
            {step.panels ? null : (
              <MenuItem icon={<Users aria-hidden="true" />} keys={keys('people')} onAction={() => doors.toggle('people')}>
                {t('call:people')}
              </MenuItem>
            )}
            {sharing.may && !step.share ? (
              <MenuItem icon={sharing.active ? <ScreenShareOff aria-hidden="true" /> : <ScreenShare aria-hidden="true" />} keys={keys('share')} data-testid="more-share" onAction={sharing.toggle}>
                {sharing.active ? t('sharing:menuStop') : t('sharing:key')}
              </MenuItem>
            ) : null}
            {can.reactions && !step.react ? (
              <MenuItem icon={<SmilePlus aria-hidden="true" />} keys={keys('react')} onAction={openReactions}>
                {t('together:react')}
              </MenuItem>
            ) : null}
            {captionsMoved ? (
              <MenuItem icon={<Captions aria-hidden="true" />} keys={keys('captions')} onAction={() => send({ kind: 'set_captions', on: !captions })}>
                {captions ? t('together:hideCaptions') : t('together:showCaptions')}
              </MenuItem>
            ) : null}
            <MenuItem icon={<Type aria-hidden="true" />} keys={keys('live')} data-testid="more-live" onAction={() => doors.open('live')}>
              {t('panels:live')}
            </MenuItem>
            {said ? (
              <MenuItem icon={<History aria-hidden="true" />} onAction={() => doors.open('captions')}>
                {t('together:captionHistory')}
              </MenuItem>
            ) : null}
            {recording === null ? null : (
              <MenuItem
                icon={<Circle aria-hidden="true" />}
                {...(recording.keys ? { keys: keys('recording') } : {})}
                onAction={() => ui.setState({ dialog: { kind: 'recording' } })}
              >
                {recording.text}
              </MenuItem>
            )}
            {can.publish_camera ? (
              <MenuItem icon={<Wallpaper aria-hidden="true" />} data-testid="more-background" onAction={() => ui.setState({ dialog: { kind: 'background' } })}>
                {t('background:title')}
              </MenuItem>
            ) : null}
            {meetingPanel ? (
              <MenuItem icon={<Info aria-hidden="true" />} onAction={() => doors.open('meeting')}>
                {can.moderate ? t('together:inviteAndSettings') : t('together:invite')}
              </MenuItem>
            ) : null}
            <MenuItem icon={<Bell aria-hidden="true" />} onAction={() => doors.open('messages')}>
              {t('call:recent')}
            </MenuItem>
            <SelfViewItem />
            {managed ? (
              <MenuItem icon={<Building2 aria-hidden="true" />} onAction={() => ui.setState({ rulesOpen: true })}>
                {t('policy:open')}
              </MenuItem>
            ) : null}
            {link === null ? null : (
              <MenuItem icon={<MonitorUp aria-hidden="true" />} data-testid="more-shortcut" onAction={() => ui.setState({ dialog: { kind: 'shortcut', ...link } })}>
                {t('shortcut:title')}
              </MenuItem>
            )}
            <MenuItem icon={<Volume2 aria-hidden="true" />} keys={keys('readState')} onAction={readState}>
              {t('call:readState')}
            </MenuItem>
            <MenuItem icon={<Settings aria-hidden="true" />} keys={keys('settings')} data-testid="more-settings" onAction={() => openSettings(null)}>
              {t('settings:open')}
            </MenuItem>
            <MenuItem icon={<LifeBuoy aria-hidden="true" />} data-testid="more-support" onAction={() => ui.setState({ dialog: { kind: 'support' } })}>
              {t('support:menu')}
            </MenuItem>
            <MenuItem icon={<Keyboard aria-hidden="true" />} keys={keys('shortcuts')} onAction={() => ui.setState({ shortcutsOpen: true })}>
              {t('call:shortcuts')}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {can.reactions && !step.react && <Reactions anchor={key} />}
    </>
  );
}

/** This meeting's link and name, where it is one without a secret: those are remembered. */
function useOwnLink(): { link: string; name: string } | null {
  const at = useMeeting((state) => (state.phase.kind === 'in_meeting' ? state.phase.link : null));
  const link = useMeeting((state) => state.home.recent.find(({ host, room }) => host === at?.host && room === at.room)?.text);
  const name = useMeeting((state) => state.room.name);
  return at === null || link === undefined ? null : { link, name: name || at.room };
}

/** Start, stop, ask, or nothing where this window may do none of it. */
function useRecordingItem(): { text: string; keys: boolean } | null {
  const { t } = useTranslation('together');
  const right = useRecordingRight();
  const { live, mode } = useRecording();
  if (right === null || (right === 'ask' && live)) return null;
  if (right === 'ask') return { text: t('recording.menuAsk'), keys: false };
  const stop = mode === 'transcript' ? 'recording.menuStopTranscript' : 'recording.menuStop';
  return { text: t(live ? stop : 'recording.menuStart'), keys: true };
}

function SelfViewItem() {
  const { t } = useTranslation('stage');
  const { hideSelf } = useLayoutActs();
  const hidden = useUi((state) => state.selfHidden);
  return (
    <MenuItem icon={hidden ? <Eye aria-hidden="true" /> : <EyeOff aria-hidden="true" />} onAction={() => hideSelf(!hidden)}>
      {hidden ? t('showSelf') : t('hideSelf')}
    </MenuItem>
  );
}
