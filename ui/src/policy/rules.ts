import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { RuleView } from '../engine/contract';
import { useUiStore } from '../ui-state';

/** The organisation's word on a key: it holds, and nobody chooses otherwise. */
export function useRule(key: string): RuleView | undefined {
  return useMeeting((state) => state.policy.rules.find((rule) => rule.key === key && rule.mandatory && rule.in_force));
}

/** What the organisation advises for a key, where it forces nothing. */
export function useAdvice(key: string): RuleView | undefined {
  return useMeeting((state) => state.policy.rules.find((rule) => rule.key === key && !rule.mandatory && rule.in_force));
}

/** The same for a key that turns something off. */
export function useIsOff(key: string): boolean {
  return useRule(key)?.value === 'true';
}

/** True where there is anything to say of an organisation. */
export function useIsManaged(): boolean {
  return useMeeting((state) => state.policy.rules.length > 0 || state.policy.problems.length > 0);
}

/** Opens the page of rules, at this key. */
export function useSeeRules(key: string | null = null): () => void {
  const ui = useUiStore();
  return () => ui.setState({ rulesOpen: true, ruleShown: key });
}

/** `by`, `advised` or `forbidden` in words, with the organisation's name where it gives one. */
export function useWhoText(): (what: 'by' | 'advised' | 'forbidden') => string {
  const { t } = useTranslation('policy');
  const name = useMeeting((state) => state.policy.organisation);
  return (what) => (name === '' ? t(what) : t(`${what}Name`, { name }));
}
