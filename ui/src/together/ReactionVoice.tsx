import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting } from '../engine/context';
import { ReactionNews } from './reactions';

/** Names that are told of one reaction; the rest is a number. */
const NAMED = 3;

/** Says who reacts, politely, a sentence every 5 s at most. Shows nothing, so that nothing else renders for it. */
export function ReactionVoice() {
  const { t, i18n } = useTranslation('together');
  const announce = useAnnounce();
  const reactions = useMeeting((state) => state.together.reactions);
  const [news] = useState(() => new ReactionNews());
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    news.update(reactions);
    const due = news.due(performance.now());
    if (due === null) return;
    const timer = setTimeout(() => {
      const list = new Intl.ListFormat(i18n.language, { type: 'unit' });
      const sentences = news.take(performance.now()).map(({ reaction, names }) =>
        names.length === 1
          ? t(`said.${reaction}`, { name: names[0] ?? '' })
          : t('saidMany', { reaction: t(`reaction.${reaction}`), count: names.length, names: list.format(names.slice(0, NAMED)) }),
      );
      if (sentences.length > 0) announce({ kind: 'reactions', text: `${sentences.join('. ')}.`, politeness: 'polite' });
      setTurn((count) => count + 1);
    }, due);
    return () => clearTimeout(timer);
  }, [announce, i18n, news, reactions, t, turn]);
  return null;
}
