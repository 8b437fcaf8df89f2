import { ArrowRight, Building2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import rules from '../policy/policy.module.css';
import style from './home.module.css';

/** Meetings that the organisation has put here, opened like any other. */
export function ManagedRooms() {
  const { t } = useTranslation('policy');
  const send = useSend();
  const rooms = useMeeting((state) => state.home.rooms);
  if (rooms.length === 0) return null;
  return (
    <section className={style.known} aria-labelledby="home-managed-rooms">
      <h2 id="home-managed-rooms" className={style.heading}>
        {t('rooms')}
      </h2>
      <ul role="list" className={classes(parts.card, style.list)}>
        {rooms.map(({ name, link, icon }) => (
          <li key={`${name} ${link}`} className={rules.room} data-testid="managed-room">
            {icon === null ? (
              <span className={style.glyph}>
                <Building2 aria-hidden="true" />
              </span>
            ) : (
              <img src={icon} alt="" />
            )}
            <span className={rules.roomName}>{name}</span>
            <Button icon size="small" aria-label={t('roomOpen', { room: name })} onPress={() => send({ kind: 'open_link', text: link })}>
              <ArrowRight aria-hidden="true" />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
