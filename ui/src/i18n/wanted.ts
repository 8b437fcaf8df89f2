import type { Snapshot } from '../engine/contract';
import type { ShellInfo } from '../engine/engine';
import { type Language, languageOf } from './languages';

/** Who has decided which language is shown. */
export type LanguageOrigin = 'set' | 'start' | 'own' | 'advised' | 'usual';

/** The language to show: the organisation's, that of this start, the person's own, the advised one, the system's. Pure. */
export function wantedLanguage({ policy, settings }: Pick<Snapshot, 'policy' | 'settings'>, shell: Pick<ShellInfo, 'locale' | 'language'>): { language: Language; origin: LanguageOrigin } {
  const rule = (mandatory: boolean) => policy.rules.find((one) => one.key === 'Language' && one.in_force && one.mandatory === mandatory)?.value;
  const forced = rule(true);
  if (forced !== undefined) return { language: languageOf(forced), origin: 'set' };
  if (shell.language !== null) return { language: languageOf(shell.language), origin: 'start' };
  if (settings.language !== null) return { language: languageOf(settings.language === 'system' ? shell.locale : settings.language), origin: 'own' };
  const advised = rule(false);
  if (advised !== undefined) return { language: languageOf(advised), origin: 'advised' };
  return { language: languageOf(shell.locale), origin: 'usual' };
}
