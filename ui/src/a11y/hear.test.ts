import { afterEach, beforeEach, expect, it } from 'vitest';
import { heardAtFirst, heardIn } from './hear';

let observer: MutationObserver;
const page = (html: string) => {
  document.body.innerHTML = html;
  observer.takeRecords();
};
const find = (css: string) => document.querySelector<HTMLElement>(css) ?? document.body;
const heard = () => heardIn(observer.takeRecords());

beforeEach(() => {
  observer = new MutationObserver(() => undefined);
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });
});
afterEach(() => {
  observer.disconnect();
  document.body.innerHTML = '';
});

it('hears what is put into a live region, and nothing beside it', () => {
  page('<div id=a aria-live=polite></div><div id=b></div><div id=off aria-live=off></div><div role=log aria-live=off id=log></div>');
  for (const id of ['a', 'b', 'off', 'log']) find(`#${id}`).innerHTML = `<p>${id} arrive</p>`;
  expect(heard()).toEqual(['a arrive']);
  find('#a').innerHTML = '<p>a s’en va</p>';
  expect(heard()).toEqual(['a s’en va']);
});

it('hears a status as a whole and once, whatever part of it changes', () => {
  page('<p role=status id=s><b>3</b> <span>fichiers</span><i aria-hidden=true>x</i></p>');
  find('#s b').textContent = '4';
  find('#s span').textContent = 'dossiers';
  expect(heard()).toEqual(['4 dossiers']);
  find('#s b').firstChild?.replaceWith('5');
  expect(heard()).toEqual(['5 dossiers']);
});

it('hears an alert that comes, but no status', () => {
  page('<main></main>');
  find('main').innerHTML = '<section><div role=alert>Message non envoyé</div><p role=status>Prêt</p></section>';
  expect(heard()).toEqual(['Message non envoyé']);
});

it('hears nothing of what is hidden, gone or empty', () => {
  page('<div aria-hidden=true><div id=a aria-live=polite></div></div><div id=b aria-live=polite>x</div><div id=c aria-live=polite></div>');
  find('#a').innerHTML = '<p>caché</p>';
  find('#b').textContent = '';
  find('#c').innerHTML = '<p>parti</p>';
  find('#c').remove();
  expect(heard()).toEqual([]);
});

it('hears the alerts of a page that is there already, and nothing else of it', () => {
  page('<h1>Titre</h1><div role=alert><h1>Lien refusé</h1><p>Demandez un autre lien.</p><i aria-hidden=true>x</i></div><p role=status>Prêt</p><div aria-live=polite>a</div><div hidden><p role=alert>caché</p></div><p role=alert></p>');
  expect(heardAtFirst(document.body)).toEqual(['Lien refusé Demandez un autre lien.']);
});
