import { ChevronDown, LayoutGrid, LockOpen, Maximize, Minimize, ShieldCheck, Sparkles, UserRound } from 'lucide-react';
import { type RefObject, useEffect, useState } from 'react';
import { Button, MenuTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting } from '../engine/context';
import type { LayoutMode } from '../engine/contract';
import { Menu, MenuItem, Popover } from '../parts/overlays';
import { useUi, useUiStore } from '../ui-state';
import style from './call.module.css';
import { canFullScreen, toggleFullScreen } from './full-screen';
import { InviteKey } from './InviteKey';
import { RecordingNotice } from './RecordingNotice';

const LAYOUTS = [
  ['auto', Sparkles],
  ['grid', LayoutGrid],
  ['speaker', UserRound],
] as const;

export function TopBar({ title }: { title: RefObject<HTMLHeadingElement | null> }) {
  const { t } = useTranslation('call');
  const phase = useMeeting((state) => state.phase);
  const room = useMeeting((state) => state.room);
  const link = phase.kind === 'in_meeting' ? phase.link : null;
  return (
    <header className={style.top} data-region="top">
      <h1 ref={title} tabIndex={-1}>
        {room.name || link?.room || link?.host}
      </h1>
      {link !== null && (
        <span className={style.meta}>
          {link.secure ? <ShieldCheck aria-hidden="true" /> : <LockOpen aria-hidden="true" />}
          {link.host}
          {!link.secure && ` · ${t('insecure')}`}
        </span>
      )}
      <Elapsed since={room.joined_at} />
      <span className={style.grow} />
      <RecordingNotice />
      <InviteKey />
      <LayoutMenu />
      <FullScreenKey />
    </header>
  );
}

/** Whole minutes since the entry; never announced. */
function Elapsed({ since }: { since: number | null }) {
  const { t } = useTranslation('call');
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  if (since === null) return null;
  return <span className={`${style.meta} ${style.minutes}`}>{useDuration(Math.max(0, now - since), t)}</span>;
}

function useDuration(ms: number, t: ReturnType<typeof useTranslation<'call'>>['t']): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return t('minutes', { count: minutes });
  return t('hours', { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, '0') });
}

function LayoutMenu() {
  const { t } = useTranslation(['call', 'announce']);
  const ui = useUiStore();
  const layout = useUi((state) => state.layout);
  const announce = useAnnounce();
  const Icon = LAYOUTS.find(([mode]) => mode === layout)?.[1] ?? Sparkles;
  const choose = (mode: LayoutMode) => {
    // A grid shows nobody large. Elsewhere whom one pinned stays so.
    ui.setState(mode === 'grid' ? { layout: mode, pins: [] } : { layout: mode });
    announce({ kind: 'layout', text: t('announce:layout', { layout: t(`call:layout.${mode}`) }), politeness: 'polite' });
  };
  return (
    <MenuTrigger>
      <Button className={style.stageKey ?? ''} aria-label={t('announce:layout', { layout: t(`call:layout.${layout}`) })} data-testid="layout">
        <Icon aria-hidden="true" />
        <span className={style.wideLabel}>{t(`call:layout.${layout}`)}</span>
        <ChevronDown aria-hidden="true" className={style.wideLabel} />
      </Button>
      <Popover placement="bottom end">
        <Menu
          aria-label={t('call:layout.label')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[layout]}
          onSelectionChange={(keys) => keys !== 'all' && choose([...keys][0] as LayoutMode)}
        >
          {LAYOUTS.map(([mode, ModeIcon]) => (
            <MenuItem key={mode} id={mode} icon={<ModeIcon aria-hidden="true" />}>
              {t(`call:layout.${mode}`)}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function FullScreenKey() {
  const { t } = useTranslation('call');
  const [full, setFull] = useState(false);
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  if (!canFullScreen()) return null;
  return (
    <Button className={style.stageKey ?? ''} data-icon="" aria-label={t(full ? 'leaveFullScreen' : 'fullScreen')} onPress={toggleFullScreen}>
      {full ? <Minimize aria-hidden="true" /> : <Maximize aria-hidden="true" />}
    </Button>
  );
}
