import { Building2, ChevronDown, Search } from 'lucide-react';
import { type ComponentType, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting } from '../engine/context';
import { Button } from '../parts/Button';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import { useIsManaged, useSeeRules } from '../policy/rules';
import { AboutPage } from './AboutPage';
import { AccountsPage } from './AccountsPage';
import { AudioPage, VideoPage } from './DevicePages';
import { PAGE_ICONS } from './icons';
import { AccessibilityPage, AppearancePage } from './LookPages';
import { NetworkPage } from './NetworkPage';
import { NoticesPage } from './NoticesPage';
import { PAGES, type PageId, pageOf, placeOf } from './place';
import { PrivacyPage } from './PrivacyPage';
import { ResetKey } from './ResetKey';
import { ShownRow } from './Row';
import { findRows, type Readable, readable, type RowId } from './rows';
import style from './settings.module.css';
import { ShortcutsPage } from './ShortcutsPage';

const VIEWS: Record<PageId, ComponentType> = {
  audio: AudioPage,
  video: VideoPage,
  appearance: AppearancePage,
  accessibility: AccessibilityPage,
  shortcuts: ShortcutsPage,
  notices: NoticesPage,
  accounts: AccountsPage,
  network: NetworkPage,
  privacy: PrivacyPage,
  about: AboutPage,
};

/** What can be operated in a row; not what puts the usual value back. */
const CONTROL = 'button:not([disabled]), input, a[href], summary, [tabindex="0"]';

/** The pages, their list, and the search over all of them. */
export function SettingsView() {
  const { t } = useTranslation('settings');
  const page = usePage();
  const search = useRef<HTMLInputElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const [question, setQuestion] = useState('');
  const [listed, setListed] = useState(false);
  /** The row that was looked for, until it has the focus. */
  const [sought, setSought] = useState<RowId | null>(null);
  /** The same, where nothing in it can have the focus but the row itself. */
  const [shown, setShown] = useState<RowId | null>(null);
  const found = findRows(question, readable((id) => ({ title: t(`row.${id}.title`), hint: t(`row.${id}.hint`) })));
  useKeys(search);
  const announce = useAnnounce();
  const asked = question.trim();
  // Once the letters are typed: each of them would be told else.
  useEffect(() => {
    announce({ kind: 'found', text: asked === '' ? '' : t('found', { count: found.length }), politeness: 'polite', latest: true });
  }, [asked]);

  useEffect(() => {
    setListed(false);
    if (sought === null) title.current?.focus();
  }, [page]);
  useEffect(() => {
    if (sought === null) return;
    const row = rowOf(sought);
    // Its page may be on the way.
    if (row === null) return;
    row.scrollIntoView({ block: 'center' });
    const control = row.querySelector('[data-control]')?.querySelector<HTMLElement>(CONTROL) ?? null;
    if (control === null) setShown(sought);
    else control.focus();
    setSought(null);
  }, [sought, page]);
  useLayoutEffect(() => {
    if (shown !== null) rowOf(shown)?.focus();
  }, [shown]);
  const open = (row: Readable) => {
    setQuestion('');
    setSought(row.id);
    setShown(null);
    location.hash = placeOf(row.page);
  };

  const View = VIEWS[page];
  return (
    <div className={style.window}>
      <div className={style.frame}>
        <header className={style.side} data-region="top">
          <p className={style.product}>{t('open')}</p>
          <div className={style.search} role="search">
            <Search aria-hidden="true" />
            <input
              ref={search}
              type="search"
              className={parts.input}
              value={question}
              aria-label={t('search')}
              placeholder={t('searchShort')}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setQuestion(event.target.value)}
              onKeyDown={(event) => event.key === 'Escape' && setQuestion('')}
              data-testid="settings-search"
            />
          </div>
          <nav aria-label={t('pages')}>
            <button type="button" className={style.listKey} aria-expanded={listed} aria-controls="settings-pages" onClick={() => setListed(!listed)} data-testid="settings-list">
              {t(`page.${page}`)}
              <ChevronDown aria-hidden="true" />
            </button>
            <ul role="list" id="settings-pages" className={style.pages} data-open={listed || undefined}>
              {PAGES.map((one) => {
                const Icon = PAGE_ICONS[one];
                return (
                  <li key={one}>
                    <a href={placeOf(one)} className={style.page} aria-current={one === page ? 'page' : undefined} onClick={() => setQuestion('')} data-testid={`page-${one}`}>
                      <Icon aria-hidden="true" />
                      {t(`page.${one}`)}
                    </a>
                  </li>
                );
              })}
            </ul>
          </nav>
        </header>
        <main className={style.main} data-region="main">
          {asked === '' ? (
            <div className={style.content} data-testid="settings-page" data-page={page}>
              <h1 ref={title} tabIndex={-1}>
                {t(`page.${page}`)}
              </h1>
              <Managed />
              <ShownRow value={shown}>
                <View />
              </ShownRow>
              <footer className={style.foot}>
                <p>{t('atOnce')}</p>
                {page !== 'privacy' && <ResetKey />}
              </footer>
            </div>
          ) : (
            <Found rows={found} onOpen={open} />
          )}
        </main>
      </div>
    </div>
  );
}

function rowOf(id: RowId): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-setting="${id}"]`);
}

function usePage(): PageId {
  const [page, setPage] = useState(() => pageOf(location.hash));
  useEffect(() => {
    const follow = () => setPage(pageOf(location.hash));
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return page;
}

/** Ctrl+F searches; the keys of all windows are `useSideKeys`'. */
function useKeys(search: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const keyDown = (event: globalThis.KeyboardEvent) => {
      const held = event.ctrlKey || event.metaKey;
      if (event.defaultPrevented || document.querySelector('[role="dialog"]') !== null) return;
      if (!held || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'f') return;
      search.current?.focus();
      search.current?.select();
      event.preventDefault();
    };
    window.addEventListener('keydown', keyDown);
    return () => window.removeEventListener('keydown', keyDown);
  }, [search]);
}

/** How much of the settings an organisation manages, and the way to all of its rules. */
function Managed() {
  const { t } = useTranslation('policy');
  const managed = useIsManaged();
  const count = useMeeting((state) => state.policy.rules.filter((rule) => rule.in_force).length);
  const who = useMeeting((state) => state.policy.organisation);
  const see = useSeeRules();
  if (!managed) return null;
  return (
    <div className={classes(parts.note, style.managed)} data-testid="settings-managed">
      <Building2 aria-hidden="true" />
      <p>
        <strong>{t('openCount', { count, who: who || t('yourOrganisation') })}</strong> <span className={parts.hint}>{t('intro')}</span>
      </p>
      <Button size="small" look="secondary" onPress={see} data-testid="settings-rules">
        {t('seeAll')}
      </Button>
    </div>
  );
}

function Found({ rows, onOpen }: { rows: readonly Readable[]; onOpen: (row: Readable) => void }) {
  const { t } = useTranslation('settings');
  return (
    <div className={style.content}>
      <h1>{t('results')}</h1>
      <p data-testid="settings-found">
        {t('found', { count: rows.length })}
      </p>
      <ul role="list" className={style.results}>
        {rows.map((row) => (
          <li key={row.id}>
            <Button onPress={() => onOpen(row)} wide data-testid={`found-${row.id}`}>
              <span className={style.result}>
                <strong>{row.title}</strong>
                <span className={parts.hint}>{t(`page.${row.page}`)}</span>
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
