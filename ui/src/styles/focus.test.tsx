import { readFileSync } from 'node:fs';
import path from 'node:path';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { open } from '../test/render';

const sheet = (file: string) => readFileSync(path.resolve(import.meta.dirname, '..', file), 'utf8');

/** The rules of a sheet whose selector has `part`, each as its selector and what it says. */
function rules(file: string, part: string): { selector: string; says: string }[] {
  const all = sheet(file).replace(/\/\*[^]*?\*\//g, '').matchAll(/([^{}]+)\{([^{}]*)\}/g);
  return [...all].map(([, selector = '', says = '']) => ({ selector: selector.trim(), says })).filter(({ selector }) => selector.includes(part));
}

/** What `selector` picks, where the classes are those of the sheets. */
function picked(html: string, selector: string): string[] {
  const box = document.createElement('div');
  box.innerHTML = html;
  return [...box.querySelectorAll(selector)].map(({ id }) => id);
}

describe('the ring of the focus', () => {
  it('is within each key that lies over a picture: what is around it is painted over', () => {
    const [rule, ...others] = rules('stage/stage.module.css', '.zoomKey, .message button):is(');
    expect(others).toEqual([]);
    // Dark outermost: over white paper the light one would be lost.
    expect(rule?.says).toMatch(/outline: 2px solid var\(--focus-out\); outline-offset: -2px; box-shadow: inset .* var\(--focus-in\)/);
    const keys = '<button id="menu" class="menuKey"></button><button id="zoom" class="zoomKey"></button><div class="message"><button id="again"></button></div>';
    expect(picked(keys.replaceAll('<button', '<button data-focus-visible'), rule?.selector ?? '')).toEqual(['menu', 'zoom', 'again']);
  });

  it('is drawn once around a list: its wrapper is marked too', async () => {
    const { user } = await open('prejoin');
    const marked = () => [...document.querySelectorAll('[data-focus-visible]')];
    for (let step = 0; step < 40 && marked().length < 2; step++) await user.tab();
    expect(marked().length).toBeGreaterThan(1);
    for (const [file, part] of [['styles/base.css', ':focus-visible, [data-focus-visible]'], ['call/call.module.css', '.call :focus-visible, .call [data-focus-visible]']] as const) {
      const selector = rules(file, part)[0]?.selector.replaceAll('.call ', '') ?? '';
      expect([...document.querySelectorAll(selector)], file).toEqual([document.activeElement]);
    }
  });

  it('is around the key that pastes, in a colour seen on its ground, and no more around the field then', async () => {
    await open('home');
    const box = screen.getByTestId('paste').parentElement;
    // `.box` by another name, as the classes are made.
    const around = rules('home/home.module.css', '.box:').find(({ says }) => says.includes('outline: 3px'))?.selector ?? '';
    const isRinged = () => box?.matches(around.replace('.box', `.${CSS.escape(box.className)}`));
    box?.querySelector('input')?.focus();
    expect(isRinged()).toBe(true);
    screen.getByTestId('paste').focus();
    expect(isRinged()).toBe(false);
    expect(rules('home/home.module.css', '.box button:is(')[0]?.says).toContain('outline-color: var(--focus)');
  });

  it('is within what is as wide as a panel', () => {
    expect(rules('panels/panels.module.css', '.panels .body:focus-visible')[0]?.says).toContain('outline-offset: -3px');
  });

  it('stays around a radio that an arrow went to, as WebKit leaves it: with the focus, and not to be seen by the browser', () => {
    const radio = '<label id="source" class="source"><input id="radio" type="radio" checked></label>';
    const box = document.createElement('div');
    box.innerHTML = radio;
    document.body.append(box);
    box.querySelector('input')?.focus();
    for (const [file, part, id] of [['styles/base.css', 'input[type="radio"]:focus', 'radio'], ['sharing/sharing.module.css', '.source:has(:focus-visible)', 'source']] as const) {
      const [rule] = rules(file, part);
      // The browser says no.
      const selector = (rule?.selector ?? '').replaceAll(':focus-visible', ':not(*)');
      expect(rule?.says, file).toContain('outline: 3px solid');
      expect(box.querySelector(selector), file).toBeNull();
      document.documentElement.dataset['keys'] = '';
      expect(box.querySelector(selector)?.id, file).toBe(id);
      delete document.documentElement.dataset['keys'];
    }
    box.remove();
  });

  it('is not on the edge of what scrolls', () => {
    for (const file of ['prejoin/prejoin', 'home/home', 'home/welcome', 'doctor/doctor', 'error/view', 'settings/settings', 'panels/panels']) {
      const scrolls = rules(`${file}.module.css`, '').filter(({ selector, says }) => /^(@layer views|)\s*\.(page|main|body)$/.test(selector) && says.includes('overflow: auto'));
      expect(scrolls, file).not.toEqual([]);
      for (const { says } of scrolls) expect(says, file).toContain('scroll-padding-block:');
    }
  });
});
