import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeetingStore } from '../engine/context';
import type { Snapshot } from '../engine/contract';
import type { MeetingStore } from '../engine/store';
import { useIssueSpeech } from '../error/IssueText';
import { useAnnounce } from './Announcer';
import { newsToSpeak } from './choose';
import { issuesOver, issuesToSay, wayToSay } from './issue-news';
import { LiveVoice } from './live-voice';
import { type News, newsBetween } from './news';

/** Whose beginning was told: each phase has its own view. */
const begun = new WeakSet<MeetingStore>();

/** Says what changes in the meeting. */
export function useNews(): void {
  const { t } = useTranslation('announce');
  const store = useMeetingStore();
  const announce = useAnnounce();
  const speak = useIssueSpeech();
  const speech = useRef(speak);
  speech.current = speak;
  useEffect(() => {
    const say = (all: readonly News[], { settings, room }: Snapshot) => {
      for (const { key, values, ...rest } of newsToSpeak(all, settings, room.capabilities.moderate)) {
        const name = values['name'] === null ? t('somebody') : values['name'];
        const text = t(key, { ...values, name } as never) as unknown as string;
        announce({ ...rest, text });
      }
    };
    const tell = (before: Snapshot, after: Snapshot) => {
      // Whoever has left the last look is not told of it any more.
      if (before.phase.kind === 'pre_join' && after.phase.kind !== 'pre_join')
        announce({ kind: 'look', text: '', politeness: 'polite', latest: true });
      say(newsBetween(before, after), after);
      for (const issue of issuesOver(before, after)) announce({ ...wayToSay(issue), text: '' });
      for (const issue of issuesToSay(before, after)) announce({ ...wayToSay(issue), text: speech.current(issue, after.phase) });
    };
    const voice = new LiveVoice();
    let pause: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      clearTimeout(pause);
      const state = store.getState();
      say(voice.hear(state.live_text.lines, performance.now(), state.settings.live_words), state);
      const due = voice.due(performance.now());
      if (due !== null) pause = setTimeout(listen, due);
    };
    listen();
    // A window that was opened into a meeting may find itself in it, or before it.
    if (!begun.has(store)) {
      begun.add(store);
      const now = store.getState();
      if (now.phase.kind === 'in_meeting' || now.phase.kind === 'pre_join') tell({ ...now, phase: { kind: 'home' } }, now);
    }
    const leave = store.subscribe((after, before) => {
      tell(before, after);
      if (before.live_text !== after.live_text) listen();
    });
    return () => {
      leave();
      clearTimeout(pause);
    };
  }, [store, announce, t]);
}
