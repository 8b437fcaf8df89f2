import { act, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Message } from '../engine/contract';
import { open } from './render';

const WIDE = window.innerWidth;
const width = (px: number) => {
  window.innerWidth = px;
  window.dispatchEvent(new Event('resize'));
};
/** One panel at a time, and their keys in the toolbar still: 640 px. */
const NARROW = 640;

afterEach(() => void (window.innerWidth = WIDE));

const message = (number: number, more: Partial<Message> = {}): Message => ({ id: `m${number}`, author: 'sofia', author_name: 'Sofia Benali', own: false, text: `Message ${number}`, at: number, edited: false, sending: 'sent', ...more });

describe('a panel that another covers', () => {
  it('is not open: who waits is told over the stage, and shown by the banner', async () => {
    window.innerWidth = NARROW;
    const { user } = await open('call-waiting', { ui: { panels: ['people', 'chat'] } });
    expect(screen.queryByTestId('panel-people')).toBeNull();
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', 'waiting');
    expect(screen.getByTestId('toggle-people')).toHaveAttribute('aria-pressed', 'false');
    await user.click(screen.getByTestId('banner-see'));
    expect(screen.getByTestId('panel-people')).toBeVisible();
    expect(screen.queryByTestId('panel-chat')).toBeNull();
    // In the list they are in full.
    expect(screen.queryByTestId('banner')).toBeNull();
  });

  it('counts what nobody reads in it', async () => {
    window.innerWidth = NARROW;
    const { engine, user } = await open('call-9', { ui: { recordingRead: true, panels: ['chat'] } });
    await user.click(screen.getByTestId('toggle-people'));
    expect(screen.queryByTestId('panel-chat')).toBeNull();
    act(() => engine.patch({ key: 'message', value: message(1) }));
    const key = screen.getByRole('button', { name: 'Discussion, 1 message non lu' });
    expect(key).toHaveAttribute('aria-pressed', 'false');
    // The first press brings it to the front, the second closes it and shows what it covered.
    await user.click(key);
    expect(within(screen.getByTestId('panel-chat')).getByText('Message 1')).toBeVisible();
    expect(screen.getByTestId('chat-field')).toHaveFocus();
    expect(key).toHaveAttribute('aria-pressed', 'true');
    await user.click(key);
    expect(screen.queryByTestId('panel-chat')).toBeNull();
    expect(screen.getByTestId('panel-people')).toBeVisible();
  });

  it('comes to the front from wherever it is asked for', async () => {
    window.innerWidth = NARROW;
    const { user } = await open('call-moderate', { ui: { panels: ['live', 'meeting', 'people'] } });
    await user.click(within(screen.getByTestId('panel-people')).getByRole('button', { name: 'Inviter' }));
    expect(screen.getByTestId('panel-meeting')).toBeVisible();
    await user.click(screen.getByTestId('more'));
    await user.click(await screen.findByTestId('more-live'));
    expect(await screen.findByTestId('panel-live')).toBeVisible();
    await user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}');
    expect(screen.getByTestId('panel-people')).toBeVisible();
    const invite = screen.getByTestId('toggle-meeting');
    expect(invite).toHaveAttribute('aria-expanded', 'false');
    await user.click(invite);
    expect(screen.getByTestId('panel-meeting')).toBeVisible();
  });

  it('is one of three in a wide window too', async () => {
    const { user } = await open('call-waiting', { ui: { panels: ['people', 'chat', 'live'] } });
    expect(screen.getByTestId('banner')).toHaveAttribute('data-code', 'waiting');
    await user.click(screen.getByTestId('toggle-people'));
    expect(screen.getByTestId('panel-people')).toBeVisible();
    expect(screen.getByTestId('panel-live')).toBeVisible();
    expect(screen.queryByTestId('panel-chat')).toBeNull();
    await user.keyboard('{Escape}');
    expect(screen.queryByTestId('panel-people')).toBeNull();
    expect(screen.getByTestId('panel-chat')).toBeVisible();
  });

  it('is seen again where the window grows', async () => {
    window.innerWidth = NARROW;
    await open('call-9', { ui: { recordingRead: true, panels: ['people', 'chat'] } });
    expect(screen.getByTestId('toggle-people')).toHaveAttribute('aria-pressed', 'false');
    act(() => width(WIDE));
    expect(screen.getByTestId('toggle-people')).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByTestId('panel-people')).toBeVisible();
  });
});

describe('unread messages', () => {
  it('are counted where the engine forgets the oldest', async () => {
    const { engine, user } = await open('call-2', { ui: { panels: ['chat'] } });
    const all = Array.from({ length: 1001 }, (_, at) => message(at + 1));
    const patches = (messages: Message[]) => [{ key: 'messages_gone' as const, value: null }, ...messages.map((value) => ({ key: 'message' as const, value }))];
    act(() => engine.patch(...patches(all.slice(900, 1000))));
    await user.click(screen.getByTestId('toggle-chat'));
    act(() => engine.patch(...patches(all.slice(950))));
    expect(screen.getByRole('button', { name: 'Discussion, 1 message non lu' })).toBeVisible();
  });
});
