import { useEffect, useRef } from 'react';
import { useMeeting } from '../engine/context';
import type { Issue } from '../engine/contract';
import { useUiStore } from '../ui-state';

/** A message that went by and can still be read. */
export interface KeptMessage {
  id: number;
  issue: Issue;
  /** Unix milliseconds of its coming. */
  at: number;
}

const MOST = 50;
/** What is said of the same matter so soon is the better word for it, in milliseconds (who muted us is told a moment later). */
const BETTERED_MS = 3000;

/** The messages, newest first, after `issue` came. Pure. */
export function keepMessage(kept: readonly KeptMessage[], issue: Issue, at: number): KeptMessage[] {
  const id = (kept[0]?.id ?? 0) + 1;
  const others = kept.filter((one) => !(one.issue.code === issue.code && at - one.at < BETTERED_MS));
  return [{ id, issue, at }, ...others].slice(0, MOST);
}

/** Keeps each informative message of this meeting once, from the moment it comes: what leaves by itself is not lost. */
export function useKeepMessages(informs: (issue: Issue) => boolean): void {
  const ui = useUiStore();
  const issues = useMeeting((state) => state.issues);
  const before = useRef<readonly Issue[]>([]);
  const known = useRef(informs);
  known.current = informs;
  useEffect(() => {
    const fresh = issues.filter((issue) => known.current(issue) && !before.current.some((old) => same(old, issue)));
    before.current = issues;
    // The most urgent one comes to the top.
    for (const issue of fresh.reverse()) ui.setState(({ messagesKept }) => ({ messagesKept: keepMessage(messagesKept, issue, Date.now()) }));
  }, [ui, issues]);
}

/** Whether two issues say the same. */
export function same(one: Issue, other: Issue): boolean {
  return one === other || (one.code === other.code && JSON.stringify(one.params) === JSON.stringify(other.params));
}
