import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting } from '../engine/context';
import type { Announcements, CaptionColours, CaptionLook, CaptionSize, CaptionTypeface, Spoken } from '../engine/contract';
import { USUAL } from '../engine/store';
import { LANGUAGES, nameInSentence, ownName } from '../i18n/languages';
import { wantedLanguage } from '../i18n/wanted';
import { ChoiceRow, SettingChoice, SettingSwitch, SwitchRow } from './fields';
import { Group } from './Group';
import { useSettings } from './useSettings';

export function AppearancePage() {
  return (
    <>
      <SettingChoice id="theme" field="theme" words={['system', 'light', 'dark']} />
      <Language />
      <SettingSwitch id="callBar" field="call_bar" />
      <SettingSwitch id="session" field="start_with_session" />
    </>
  );
}

function Language() {
  const { t } = useTranslation('settings');
  const { shell } = useEngine();
  const { settings, change } = useSettings();
  const language = useMeeting((state) => wantedLanguage(state, shell).language);
  const origin = useMeeting((state) => wantedLanguage(state, shell).origin);
  const words = ['system', ...LANGUAGES];
  const name = (key: string) => (key === 'system' ? t('word.language.system') : ownName(key));
  return (
    <ChoiceRow
      id="language"
      options={words.map((key) => ({ key, name: name(key) }))}
      selected={settings.language ?? (origin === 'advised' ? language : 'system')}
      own={settings.language !== null}
      onChoose={(key) => change({ language: key })}
      onReset={() => change({ language: null })}
      advice="Language"
      locked={origin === 'set' ? { rule: 'Language', value: name(language) } : undefined}
      {...(origin === 'start' ? { hint: t('languageOfStart', { language: nameInSentence(language) }) } : {})}
    />
  );
}

/** Sizes that are offered; another one that was kept is shown too. */
const PERCENTS = [80, 90, 100, 110, 125, 150, 175, 200];
const SPOKEN: readonly Spoken[] = ['all', 'essential', 'nothing'];
const SIZES: readonly CaptionSize[] = ['small', 'normal', 'large', 'huge'];
const LINES = ['1', '2', '3', '4'] as const;
const COLOURS: readonly CaptionColours[] = ['stage', 'yellow', 'paper'];
const TYPEFACES: readonly CaptionTypeface[] = ['interface', 'atkinson', 'system', 'dyslexic'];

export function AccessibilityPage() {
  const { t } = useTranslation('settings');
  return (
    <>
      <Group title={t('group.screen')}>
        <TextSize />
        <SettingChoice id="contrast" field="contrast" words={['system', 'normal', 'more']} />
        <SettingChoice id="motion" field="motion" words={['system', 'reduced']} />
        <SettingChoice id="typeface" field="typeface" words={['atkinson', 'system', 'dyslexic']} />
      </Group>
      <Group title={t('group.captions')}>
        <Captions />
        <SettingSwitch id="liveOpens" field="live_opens" />
      </Group>
      <Group title={t('group.reader')}>
        <SpokenRow id="spokenPeople" field="people" />
        <SpokenRow id="spokenChat" field="chat" />
        <SpokenRow id="spokenHands" field="hands" />
        <SpokenRow id="spokenShares" field="shares" />
        <SettingSwitch id="liveWords" field="live_words" />
        <SettingChoice id="spokenName" field="spoken_name" words={['whole', 'first', 'nobody']} />
      </Group>
    </>
  );
}

function TextSize() {
  const { t, i18n } = useTranslation('settings');
  const { settings, change } = useSettings();
  const { text_percent: percent } = settings;
  const format = new Intl.NumberFormat(i18n.language, { style: 'percent' });
  const name = (value: number) => (value === 100 ? t('textUsual', { percent: format.format(1) }) : format.format(value / 100));
  const all = [...new Set([...PERCENTS, percent])].sort((a, b) => a - b);
  return (
    <ChoiceRow
      id="text"
      options={all.map((value) => ({ key: String(value), name: name(value) }))}
      selected={String(percent)}
      own={percent !== USUAL.text_percent}
      onChoose={(key) => change({ text_percent: Number(key) })}
      onReset={() => change({ text_percent: USUAL.text_percent })}
    />
  );
}

function Captions() {
  const { t } = useTranslation('settings');
  const { settings, change } = useSettings();
  const { captions } = settings;
  const usual = USUAL.captions;
  const set = (part: Partial<CaptionLook>) => change({ captions: { ...captions, ...part } });
  return (
    <>
      <ChoiceRow
        id="captionSize"
        options={SIZES.map((key) => ({ key, name: t(`word.captionSize.${key}`) }))}
        selected={captions.size}
        own={captions.size !== usual.size}
        onChoose={(size) => set({ size })}
        onReset={() => set({ size: usual.size })}
      />
      <ChoiceRow
        id="captionLines"
        options={LINES.map((key) => ({ key, name: t('lines', { count: Number(key) }) }))}
        selected={String(captions.lines) as (typeof LINES)[number]}
        own={captions.lines !== usual.lines}
        onChoose={(key) => set({ lines: Number(key) })}
        onReset={() => set({ lines: usual.lines })}
      />
      <ChoiceRow
        id="captionColours"
        options={COLOURS.map((key) => ({ key, name: t(`word.captionColours.${key}`) }))}
        selected={captions.colours}
        own={captions.colours !== usual.colours}
        onChoose={(colours) => set({ colours })}
        onReset={() => set({ colours: usual.colours })}
      />
      <ChoiceRow
        id="captionTypeface"
        options={TYPEFACES.map((key) => ({ key, name: t(`word.captionTypeface.${key}`) }))}
        selected={captions.typeface}
        own={captions.typeface !== usual.typeface}
        onChoose={(typeface) => set({ typeface })}
        onReset={() => set({ typeface: usual.typeface })}
      />
      <SwitchRow id="captionSpoken" on={captions.spoken} usual={usual.spoken} onChange={(spoken) => set({ spoken })} />
    </>
  );
}

function SpokenRow({ id, field }: { id: 'spokenPeople' | 'spokenChat' | 'spokenHands' | 'spokenShares'; field: keyof Announcements }) {
  const { t } = useTranslation('settings');
  const { settings, change } = useSettings();
  const set = (amount: Spoken) => change({ announcements: { ...settings.announcements, [field]: amount } });
  return (
    <ChoiceRow
      id={id}
      options={SPOKEN.map((key) => ({ key, name: t(`word.spoken.${key}`) }))}
      selected={settings.announcements[field]}
      own={settings.announcements[field] !== 'all'}
      onChoose={set}
      onReset={() => set('all')}
    />
  );
}
