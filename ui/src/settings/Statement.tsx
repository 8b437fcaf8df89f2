import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import style from './settings.module.css';
import type { Block, Chapter } from './statement';

/** What of accessibility is met and what is not: in short in the person's language, and whole as it is written (docs/accessibility.md). */
export function Statement() {
  const { t } = useTranslation('settings');
  const [whole, setWhole] = useState<readonly Chapter[] | null>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return;
    let here = true;
    void import('./statement').then(({ STATEMENT }) => here && setWhole(STATEMENT));
    return () => {
      here = false;
    };
  }, [open]);
  const missing = [t('statement.captions'), t('statement.liveText'), t('statement.large'), t('statement.people'), t('statement.systems')];
  return (
    <div className={style.statement} data-testid="statement">
      <p>{t('statement.state')}</p>
      <ul>
        {missing.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t('statement.whole')}</summary>
        {whole !== null && (
          <div lang="en" data-testid="statement-whole">
            {whole.map((chapter) => (
              <section key={chapter.title}>
                <h2>{chapter.title}</h2>
                {chapter.blocks.map((block, at) => (
                  <Part key={at} block={block} title={chapter.title} />
                ))}
              </section>
            ))}
          </div>
        )}
      </details>
    </div>
  );
}

function Part({ block, title }: { block: Block; title: string }) {
  switch (block.kind) {
    case 'text':
      return <p>{block.text}</p>;
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      );
    case 'table':
      return (
        // Wide tables are scrolled with the keyboard too.
        <div className={style.table} tabIndex={0} role="region" aria-label={title} data-sideways="">
          <table>
            <thead>
              <tr>
                {block.head.map((cell) => (
                  <th key={cell} scope="col">
                    {cell}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map(([first = '', ...rest]) => (
                <tr key={first}>
                  <th scope="row">{first}</th>
                  {rest.map((cell, at) => (
                    <td key={at}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}
