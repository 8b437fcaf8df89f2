import { HandHeart, Heart, Laugh, PartyPopper, ThumbsDown, ThumbsUp } from 'lucide-react';
import type { ComponentType, ReactNode, SVGProps } from 'react';
import type { Reaction } from '../engine/contract';

type IconProps = Omit<SVGProps<SVGSVGElement>, 'ref'>;

/** In the manner of the other icons: no system font is needed, and what a colour says is said by shape. */
function Drawn({ children, ...rest }: IconProps & { children: ReactNode }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" {...rest}>
      {children}
    </svg>
  );
}

function Clapping(props: IconProps) {
  return (
    <Drawn {...props}>
      <path d="m9.5 12.5-2-2a1.4 1.4 0 0 1 2-2l4 4" />
      <path d="m11 10-1.2-1.2a1.4 1.4 0 0 1 2-2l4.2 4.2" />
      <path d="m14.2 9.2-.6-.6a1.4 1.4 0 0 1 2-2l3.6 3.6a6 6 0 0 1-8.5 8.5l-4.2-4.2a1.4 1.4 0 0 1 2-2l1 1" />
      <path d="M3 8.5 4.5 9M4.5 4.5l1.2 1.4M8.5 2.5l.4 1.6" />
    </Drawn>
  );
}

function Surprised(props: IconProps) {
  return (
    <Drawn {...props}>
      <circle cx="12" cy="12" r="10" />
      <path d="M9 9h.01M15 9h.01" />
      <circle cx="12" cy="15.5" r="2" />
    </Drawn>
  );
}

const ICONS: Record<Reaction, ComponentType<IconProps>> = {
  thumbs_up: ThumbsUp,
  thumbs_down: ThumbsDown,
  clapping: Clapping,
  heart: Heart,
  laughing: Laugh,
  surprised: Surprised,
  party: PartyPopper,
  thanks: HandHeart,
};

/** The picture of a reaction; the words beside it say the same. */
export function ReactionIcon({ reaction }: { reaction: Reaction }) {
  const Icon = ICONS[reaction];
  return <Icon aria-hidden="true" data-reaction={reaction} />;
}
