import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { AccessLevel, RoomSettings, TrackSource } from '../engine/contract';
import { useRequest } from '../together/useRequest';
import style from './panels.module.css';

const LEVELS: readonly AccessLevel[] = ['public', 'trusted', 'restricted'];
const SOURCES = ['microphone', 'camera', 'screen_share'] as const;
type Source = (typeof SOURCES)[number];

/** The sound of a screen goes with its picture. */
function tracksOf(sources: readonly Source[]): TrackSource[] {
  return sources.flatMap((source): TrackSource[] => (source === 'screen_share' ? ['screen_share', 'screen_share_audio'] : [source]));
}

/** What members may do and who comes in; each choice is asked of the room at once. */
export function MeetingSettings() {
  const { t } = useTranslation('meeting');
  const name = useId();
  const known = useMeeting((state) => state.together.settings);
  const { state, send } = useRequest('configure');
  const [wanted, setWanted] = useState<Partial<RoomSettings>>({});
  // Until the server has answered the choice stands as it was made; then its word holds.
  const settings = state === 'sending' ? { ...known, ...wanted } : known;
  const change = (next: Partial<RoomSettings>) => {
    setWanted((before) => (state === 'sending' ? { ...before, ...next } : next));
    send({ kind: 'configure', access: null, sources: null, everyone_can_mute: null, ...next });
  };
  const allowed = SOURCES.filter((source) => settings.sources?.includes(source) ?? true);
  return (
    <section className={style.section} aria-busy={state === 'sending'}>
      {settings.access !== null && (
        <fieldset className={style.choices}>
          <legend>{t('access')}</legend>
          {LEVELS.map((level) => (
            <label key={level} className={style.choice}>
              <input
                type="radio"
                name={name}
                value={level}
                checked={settings.access === level}
                onChange={() => change({ access: level })}
                data-testid={`access-${level}`}
              />
              <span>
                {t(`accessLevel.${level}`)}
                <small>{t(`accessNote.${level}`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <fieldset className={style.choices}>
        <legend>{t('sources')}</legend>
        {SOURCES.map((source) => (
          <label key={source} className={style.choice}>
            <input
              type="checkbox"
              checked={allowed.includes(source)}
              onChange={(event) =>
                change({ sources: tracksOf(SOURCES.filter((one) => (one === source ? event.target.checked : allowed.includes(one)))) })
              }
              data-testid={`source-${source}`}
            />
            {t(`source.${source}`)}
          </label>
        ))}
        <label className={style.choice}>
          <input
            type="checkbox"
            checked={settings.everyone_can_mute}
            onChange={(event) => change({ everyone_can_mute: event.target.checked })}
            data-testid="everyone-can-mute"
          />
          {t('mute')}
        </label>
      </fieldset>
      <p role="status" className={style.outcome}>
        {t(state === 'sending' ? 'saving' : 'applies')}
      </p>
    </section>
  );
}
