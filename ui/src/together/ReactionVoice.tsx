import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useSpokenName } from '../a11y/useSpokenName';
import { useMeeting } from '../engine/context';
import { ReactionNews } from './reactions';

/** Names that are told of one reaction; the rest is a number. */
const NAMED = 3;

/** Says who reacts, politely, a sentence every 5 s at most, where all is to be said of hands. Shows nothing, so that nothing else renders for it. */
export function ReactionVoice() {
  const { t, i18n } = useTranslation('together');
  const announce = useAnnounce();
  const called = useSpokenName();
  const wanted = useMeeting((state) => state.settings.announcements.hands === 'all');
  const unnamed = useMeeting((state) => state.settings.spoken_name === 'nobody');
  const reactions = useMeeting((state) => state.together.reactions);
  const [news] = useState(() => new ReactionNews());
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    news.update(reactions);
    if (!wanted) news.drop();
    const due = news.due(performance.now());
    if (due === null) return;
    const timer = setTimeout(() => {
      const list = new Intl.ListFormat(i18n.language, { type: 'unit' });
      const sentences = news.take(performance.now()).map(({ reaction, names }) => {
        if (names.length === 1) return t(`said.${reaction}`, { name: called(names[0] ?? '') });
        const values = { reaction: t(`reaction.${reaction}`), count: names.length };
        return unnamed ? t('saidNumber', values) : t('saidMany', { ...values, names: list.format(names.slice(0, NAMED).map(called)) });
      });
      if (sentences.length > 0) announce({ kind: 'reactions', text: `${sentences.join('. ')}.`, politeness: 'polite' });
      setTurn((count) => count + 1);
    }, due);
    return () => clearTimeout(timer);
  }, [announce, called, i18n, news, reactions, t, turn, unnamed, wanted]);
  return null;
}
