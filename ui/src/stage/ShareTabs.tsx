import { type KeyboardEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { MOST_BESIDE, type ShareChoice } from './shares';
import style from './stage.module.css';

interface Props {
  shares: readonly { key: string; name: string }[];
  chosen: ShareChoice;
  onChoose: (choice: ShareChoice) => void;
  /** The id of the element that shows what is chosen. */
  panel: string;
}

/** A tab for each share, where there are several; two can be side by side. */
export function ShareTabs({ shares, chosen, onChoose, panel }: Props) {
  const { t } = useTranslation('stage');
  const list = useRef<HTMLDivElement>(null);
  const tabs: { choice: ShareChoice; text: string }[] = [
    ...(shares.length <= MOST_BESIDE ? [{ choice: null, text: t('sideBySide') }] : []),
    ...shares.map(({ key, name }) => ({ choice: key, text: t('screenOf', { name }) })),
  ];
  const keyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ choice }) => choice === chosen);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const index = (to + tabs.length) % tabs.length;
    const next = tabs[index];
    if (next === undefined) return;
    onChoose(next.choice);
    (list.current?.children[index] as HTMLElement | undefined)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={t('shares')} className={style.shareTabs} data-region="shares" onKeyDown={keyDown} data-testid="share-tabs">
      {tabs.map(({ choice, text }) => (
        <button
          key={choice ?? ''}
          type="button"
          role="tab"
          aria-selected={choice === chosen}
          aria-controls={panel}
          tabIndex={choice === chosen ? 0 : -1}
          onClick={() => onChoose(choice)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
