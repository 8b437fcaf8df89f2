import { CalendarPlus, CircleCheck } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CalendarDialog } from '../calendar/CalendarDialog';
import { useNotKept } from '../calendar/fault';
import { useEngine, useMeeting } from '../engine/context';
import { LANGUAGES, ownName } from '../i18n/languages';
import { wantedLanguage } from '../i18n/wanted';
import { Button } from '../parts/Button';
import { Choice } from '../parts/Choice';
import { classes } from '../parts/classes';
import { DeviceSelect } from '../parts/DeviceSelect';
import { Logo } from '../parts/Mark';
import parts from '../parts/parts.module.css';
import { useRule } from '../policy/rules';
import { useSettings } from '../settings/useSettings';
import { DevicesChip, readinessOf } from './DevicesChip';
import style from './welcome.module.css';

/** The first start without a link: what the system says already, to be changed or not (interface specification §4.9). */
export function Welcome() {
  const { t } = useTranslation('welcome');
  const { change } = useSettings();
  // Home warns of it a moment later: what is said here must be true.
  const ready = useMeeting(readinessOf);
  const start = useRef<HTMLButtonElement>(null);
  useEffect(() => start.current?.focus(), []);
  return (
    <div className={style.page} data-testid="welcome">
      <header className={parts.appbar} data-region="top">
        <Logo />
      </header>
      <main className={style.main} data-region="main">
        <div>
          <h1 tabIndex={-1}>{t(ready === 'all' ? 'title' : 'titleAlmost')}</h1>
          <p className={style.text}>{t('text')}</p>
          {ready !== 'all' && ready !== null && (
            <p className={style.lacks}>
              <DevicesChip />
            </p>
          )}
        </div>
        <Language />
        <section className={classes(parts.card, style.row)}>
          <div className={style.words}>
            <h2>{t('devices')}</h2>
            <p className={style.hint}>{t('devicesHint')}</p>
          </div>
          <div className={style.fields}>
            <DeviceSelect kind="microphone" />
            <DeviceSelect kind="camera" />
          </div>
        </section>
        <Agenda />
        <div>
          <Button ref={start} look="primary" size="big" onPress={() => change({ welcomed: true })} data-testid="welcome-start">
            {t('start')}
          </Button>
        </div>
      </main>
    </div>
  );
}

function Language() {
  const { t } = useTranslation('welcome');
  const { t: settings } = useTranslation('settings');
  const { shell } = useEngine();
  const { change } = useSettings();
  const id = useId();
  const own = useMeeting((state) => state.settings.language);
  const language = useMeeting((state) => wantedLanguage(state, shell).language);
  const fixed = useRule('Language') !== undefined || shell.language !== null;
  const words = ['system', ...LANGUAGES];
  return (
    <section className={classes(parts.card, style.row)}>
      <div className={style.words}>
        <h2 id={id}>{t('language')}</h2>
        <p id={`${id}-hint`} className={style.hint}>
          {t(fixed ? 'languageFixed' : 'languageHint')}
        </p>
      </div>
      {fixed ? (
        <p className={style.fields}>{ownName(language)}</p>
      ) : (
        <div className={style.fields}>
          <Choice
            aria-labelledby={id}
            aria-describedby={`${id}-hint`}
            options={words.map((key) => ({ key, name: key === 'system' ? settings('word.language.system') : ownName(key) }))}
            selected={own ?? 'system'}
            onChoose={(key) => change({ language: key })}
            data-testid="welcome-language"
          />
        </div>
      )}
    </section>
  );
}

function Agenda() {
  const { t } = useTranslation('welcome');
  const place = useMeeting((state) => state.home.calendar.place);
  const notKept = useNotKept();
  const [open, setOpen] = useState(false);
  return (
    <section className={classes(parts.card, style.row)}>
      <div className={style.words}>
        <h2>{t('agenda')}</h2>
        <p className={style.hint}>{t('agendaHint')}</p>
        {notKept !== null && <p className={style.hint}>{notKept}</p>}
      </div>
      <div className={style.fields}>
        {place === null ? (
          <Button look="secondary" onPress={() => setOpen(true)} data-testid="welcome-agenda">
            <CalendarPlus aria-hidden="true" />
            {t('connect')}
          </Button>
        ) : (
          <p className={style.done}>
            <CircleCheck aria-hidden="true" />
            {place.name}
          </p>
        )}
      </div>
      <CalendarDialog isOpen={open} onOpenChange={setOpen} />
    </section>
  );
}
