import { useEffect, useRef } from 'react';
import { Panels } from '../panels/Panels';
import { Stage } from '../stage/Stage';
import { Banner } from './Banner';
import style from './call.module.css';
import { Toolbar } from './Toolbar';
import { TopBar } from './TopBar';

/** The meeting: a lit table in a dark room. */
export function Call() {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <div className={style.call}>
      <TopBar title={title} />
      <Banner />
      <main className={style.middle}>
        <Stage />
        <Panels />
      </main>
      <footer>
        <Toolbar />
      </footer>
    </div>
  );
}
