import { AudioLines, Hand, Mic, MicOff, MoreHorizontal } from 'lucide-react';

const ICONS = { off: MicOff, speaking: AudioLines, on: Mic, hand: Hand, menu: MoreHorizontal };

/** The drawings of all rows, once. */
export function RowIcons() {
  return (
    <svg width="0" height="0" aria-hidden="true" style={{ position: 'absolute' }}>
      {Object.entries(ICONS).map(([name, Icon]) => (
        <symbol key={name} id={`row-${name}`} viewBox="0 0 24 24">
          <Icon style={{ width: 24, height: 24 }} />
        </symbol>
      ))}
    </svg>
  );
}

/** A drawing of a row: three hundred of an icon's own elements take React as long as all the rest of the list. */
export function RowIcon({ of }: { of: keyof typeof ICONS }) {
  return (
    <svg className="lucide" aria-hidden="true" data-state={of}>
      <use href={`#row-${of}`} />
    </svg>
  );
}
