import { Accessibility, Bell, Info, Keyboard, type LucideIcon, Mic, Network, Palette, Server, ShieldCheck, Video } from 'lucide-react';
import type { PageId } from './place';

export const PAGE_ICONS: Record<PageId, LucideIcon> = {
  audio: Mic,
  video: Video,
  appearance: Palette,
  accessibility: Accessibility,
  shortcuts: Keyboard,
  notices: Bell,
  accounts: Server,
  network: Network,
  privacy: ShieldCheck,
  about: Info,
};
