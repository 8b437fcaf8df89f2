import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message, Patch } from '../engine/contract';
import { issue } from '../engine/fake/scenarios';
import { LONGEST } from '../panels/Chat';
import { LONGEST_LINE } from '../panels/LiveText';
import { expectAccessible, open } from './render';

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

/** Longer than a pause in typing. */
const rest = () => act(() => void vi.advanceTimersByTime(1100));

describe('the chat', () => {
  it('lays a message out in the direction of its letters, and an address in its own', async () => {
    const { engine } = await open('call-2', { ui: { panels: ['chat'] } });
    const text = 'مرحبا https://a.example/b 10:30';
    act(() => engine.patch({ key: 'message', value: { id: 'rtl', author: 'sofia', author_name: 'Sofia Benali', own: false, text, at: 1, edited: false, sending: 'sent' } }));
    const link = screen.getByRole('link', { name: 'a.example/b' });
    expect(link).toHaveAttribute('dir', 'ltr');
    expect(link.parentElement).toHaveAttribute('dir', 'auto');
    expect(screen.getByTestId('chat-field')).toHaveAttribute('dir', 'auto');
  });

  it('keeps what was written and not sent while its panel is closed or gives way, and when one comes back to the meeting', async () => {
    const { user, engine } = await open('call-2', { ui: { panels: ['chat'] } });
    const keys = (key: string) => fireEvent.keyDown(document.body, { key: key.toUpperCase(), ctrlKey: true, shiftKey: true });
    const field = () => screen.queryByTestId('chat-field');
    await user.click(screen.getByTestId('chat-field'));
    await user.paste('Je crois que');
    keys('m');
    expect(field()).toBeNull();
    keys('m');
    expect(field()).toHaveValue('Je crois que');
    // Whoever comes back goes on at the end.
    await user.paste(' oui');
    keys('p');
    keys('x');
    expect(field()).toBeNull();
    keys('x');
    expect(field()).toHaveValue('Je crois que oui');
    const { phase } = engine.snapshot;
    if (phase.kind !== 'in_meeting') throw new Error('in no meeting');
    const lost = () => act(() => engine.patch({ key: 'phase', value: { kind: 'failed', issue: issue('VIS-CALL-LOST-42', 'retry'), link: phase.link } }));
    lost();
    expect(field()).toBeNull();
    act(() => engine.patch({ key: 'phase', value: { ...phase, link: { ...phase.link, room: 'another' } } }));
    expect(field()).toHaveValue('');
    lost();
    act(() => engine.patch({ key: 'phase', value: phase }));
    expect(field()).toHaveValue('Je crois que oui');
  });

  it('shows what had not left where the meeting is over, and says it', async () => {
    const { engine } = await open('call-2');
    const { phase } = engine.snapshot;
    if (phase.kind !== 'in_meeting') throw new Error('in no meeting');
    const message: Message = { id: 'm', author: 'me', author_name: 'Camille Renard', own: true, text: 'je reviens par téléphone', at: 1, edited: false, sending: 'failed' };
    act(() => engine.patch({ key: 'phase', value: { kind: 'failed', issue: issue('VIS-CALL-LOST-42', 'retry'), link: phase.link } }, { key: 'messages_gone', value: null }, { key: 'message', value: message }));
    expect(screen.getByTestId('unsent')).toHaveTextContent('je reviens par téléphone');
    await waitFor(() => expect(screen.getByTestId('assertive')).toHaveTextContent('1 message n’est pas parti.'));
    await expectAccessible();
    act(() => engine.patch({ key: 'phase', value: { kind: 'ended', reason: 'ended', seconds: 60 } }));
    expect(screen.getByRole('region', { name: 'Ce message n’est pas parti' })).toBeVisible();
  });

  it('counts what came meanwhile, also where the engine forgets the oldest', async () => {
    const { engine } = await open('call-2', { ui: { panels: ['chat'] } });
    const message = (id: number): Message => ({ id: String(id), author: 'sofia', author_name: 'Sofia Benali', own: false, text: `Message ${id}`, at: 1, edited: false, sending: 'sent' });
    const there = (first: number, last: number): Patch[] => [{ key: 'messages_gone', value: null }, ...Array.from({ length: last - first }, (_, at): Patch => ({ key: 'message', value: message(first + at) }))];
    act(() => engine.patch(...there(0, 8)));
    const log = screen.getByRole('log');
    Object.defineProperty(log, 'scrollHeight', { value: 5000 });
    log.scrollTop = 0;
    fireEvent.scroll(log);
    const key = () => screen.queryByRole('button', { name: /nouveaux? messages?/ });
    expect(key()).toBeNull();
    act(() => engine.patch(...there(4, 10)));
    expect(key()).toHaveTextContent('2 nouveaux messages');
    // Whoever has seen none of what is kept has all of it before them.
    act(() => engine.patch(...there(20, 25)));
    expect(key()).toHaveTextContent('5 nouveaux messages');
  });

  it('says how much fits when the typing rests, and why Enter does nothing', async () => {
    const { user, sent } = await open('call-2', { ui: { panels: ['chat'] } });
    const field = screen.getByTestId('chat-field');
    const described = () => document.getElementById(field.getAttribute('aria-describedby') ?? '');
    // What comes with its words is no change to whoever listens.
    expect(described()).toHaveAttribute('role', 'status');
    expect(described()).toBeEmptyDOMElement();
    await user.click(field);
    await user.paste('é'.repeat(LONGEST - 1));
    expect(screen.getByText('1 caractère restant')).toBeVisible();
    rest();
    expect(field).toHaveAccessibleDescription('1 caractère restant');
    expect(field).not.toHaveAttribute('aria-invalid');
    await user.paste('été');
    rest();
    expect(field).toHaveAccessibleDescription('2 caractères de trop');
    expect(field).toHaveAttribute('aria-invalid', 'true');
    await expectAccessible();
    await user.keyboard('{Enter}');
    expect(sent('send_message')).toHaveLength(0);
    await waitFor(() => expect(screen.getByTestId('assertive')).toHaveTextContent(/^Non envoyé\s: 2 caractères de trop\.$/));
    await user.clear(field);
    rest();
    expect(described()).toBeEmptyDOMElement();
  });
});

describe('live text', () => {
  it('says that a sentence is full, and what did not fit', async () => {
    const { user, sent } = await open('call-2', { ui: { panels: ['live'] } });
    const field = screen.getByTestId<HTMLTextAreaElement>('live-field');
    await user.click(field);
    await user.paste('😀'.repeat(LONGEST_LINE - 2));
    rest();
    expect(field).toHaveAccessibleDescription('2 caractères restants');
    await user.paste('abcde');
    expect([...field.value]).toHaveLength(LONGEST_LINE);
    expect(field.value.endsWith('😀ab')).toBe(true);
    await waitFor(() => expect(screen.getByTestId('assertive')).toHaveTextContent(/^La phrase est pleine\s: 3 caractères n’y sont plus entrés\. Entrée la termine\.$/));
    rest();
    expect(field).toHaveAccessibleDescription('La phrase est pleine. Entrée la termine.');
    await expectAccessible();
    await user.keyboard('{Enter}');
    expect(sent('type_live').at(-1)).toMatchObject({ text: `${'😀'.repeat(LONGEST_LINE - 2)}ab`, done: true });
    expect(field).toHaveValue('');
  });
});
