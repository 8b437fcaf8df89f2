import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { Menu, Popover } from '../parts/overlays';
import { usePersonItems } from './person-actions';

/** Which item has the focus first: the first one by the keyboard, none by the pointer. */
export type First = 'first' | true;

/** Whose menu is open. */
export interface Asked {
  id: string;
  first: First;
  /** Their place among the keys of the list, for the focus where they go. */
  place: number;
}

const KEYS = '[data-testid="person-menu"]';

const keyOf = (list: HTMLElement | null, id: string) => list?.querySelector<HTMLElement>(`[data-participant="${CSS.escape(id)}"] ${KEYS}`) ?? null;

/**
 * One menu for all rows of `list`: a large meeting has a hundred keys, which are plain buttons.
 *
 * A row may go, or move to the raised hands, while its menu is open: the focus then goes to its key wherever that is, else to the key that took its place.
 */
export function useRowMenu(list: RefObject<HTMLElement | null>) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const before = useRef<Asked | null>(null);
  const [open] = useState(() => (id: string, key: HTMLElement, first: First) => {
    const place = [...(list.current?.querySelectorAll(KEYS) ?? [])].indexOf(key);
    setAsked({ id, first, place });
  });
  const [close] = useState(() => () => setAsked(null));
  const gone = useMeeting((state) => asked !== null && state.participants[asked.id] === undefined);
  useEffect(() => {
    if (gone) setAsked(null);
  }, [gone]);
  useEffect(() => {
    const closed = before.current;
    before.current = asked;
    if (closed === null || asked !== null) return;
    // After the menu has given the focus back, where it could.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      const keys = [...(list.current?.querySelectorAll<HTMLElement>(KEYS) ?? [])];
      (keyOf(list.current, closed.id) ?? keys[Math.min(closed.place, keys.length - 1)])?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [asked, list]);
  return { asked: gone ? null : asked, open, close };
}

interface Props {
  asked: Asked;
  list: RefObject<HTMLElement | null>;
  onClose: () => void;
}

/** What can be done to somebody, at the key of their row. */
export function RowMenu({ asked: { id, first }, list, onClose }: Props) {
  const { t } = useTranslation('panels');
  const name = useMeeting((state) => state.participants[id]?.name);
  const items = usePersonItems(id);
  const key = useMemo<RefObject<HTMLElement | null>>(
    () => ({
      get current() {
        return keyOf(list.current, id);
      },
    }),
    [list, id],
  );
  return (
    <Popover aria-label={t('menuOf', { name })} triggerRef={key} trigger="MenuTrigger" placement="bottom end" isOpen onOpenChange={(open) => !open && onClose()}>
      <Menu aria-label={t('menuOf', { name })} onClose={onClose} autoFocus={first}>
        {items}
      </Menu>
    </Popover>
  );
}
