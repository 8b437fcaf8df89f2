import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ShareView, SharingView } from '../engine/contract';
import { SOURCES } from '../engine/fake/sharing';
import { issue } from '../engine/fake/world';
import { expectAccessible, open } from './render';

type Opened = Awaited<ReturnType<typeof open>>;
const change = ({ engine }: Opened, next: Partial<SharingView>) =>
  act(() => engine.patch({ key: 'sharing', value: { ...engine.snapshot.sharing, ...next } }));
const changeShare = (opened: Opened, next: Partial<ShareView>) => {
  const { active } = opened.engine.snapshot.sharing;
  change(opened, { active: active && { ...active, ...next } });
};
const state = () => screen.getByTestId('share-state');

describe('choosing what to share', () => {
  it('lists windows and screens, and shares the chosen one', async () => {
    const { user, sent } = await open('call-may-share');
    const key = screen.getByTestId('toggle-share');
    expect(key).toHaveTextContent(/^Partager$/);
    await user.click(key);
    const dialog = await screen.findByRole('dialog', { name: /Que voulez-vous partager/ });
    expect(sent('look_for_screens')).toHaveLength(1);
    expect(within(dialog).getByRole('group', { name: 'Fenêtres' })).toHaveTextContent('Budget archives 2027');
    expect(within(dialog).getByRole('group', { name: 'Écrans' })).toHaveTextContent('HDMI-1');
    const start = within(dialog).getByTestId('start-share');
    expect(start).toBeDisabled();
    await user.click(within(dialog).getByRole('radio', { name: 'Budget archives 2027' }));
    expect(dialog).toHaveTextContent('Les nouvelles fenêtres ne sont pas partagées.');
    await user.click(within(dialog).getByRole('radio', { name: 'Vidéo fluide' }));
    await expectAccessible();
    await user.click(start);
    expect(sent('start_share')).toEqual([{ kind: 'start_share', choice: { kind: 'source', value: 'window:1' }, mode: 'motion', sound: false }]);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(key).toHaveTextContent(/^Arrêter$/);
    expect(screen.getByTestId('banner')).toHaveTextContent('Vous partagez la fenêtre « Budget archives 2027 ».');
  });

  it('scrolls what there is to choose from, and leaves its keys and the warning where they are seen', async () => {
    const { user } = await open('call-may-share');
    await user.click(screen.getByTestId('toggle-share'));
    const dialog = await screen.findByRole('dialog');
    const scrolls = within(dialog).getByTestId('share-scrolls');
    expect(within(scrolls).getAllByTestId('share-source')).toHaveLength(within(dialog).getAllByTestId('share-source').length);
    for (const seen of [within(dialog).getByTestId('start-share'), within(dialog).getByRole('status'), within(dialog).getByRole('heading')]) expect(scrolls).not.toContainElement(seen);
  });

  it('warns of sharing Visavis itself', async () => {
    const { user } = await open('call-may-share');
    await user.keyboard('{Control>}{Shift>}s{/Shift}{/Control}');
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('radio', { name: 'Visavis' }));
    expect(within(dialog).getByRole('status')).toHaveTextContent('C’est la fenêtre de Visavis');
    await user.click(within(dialog).getByRole('radio', { name: 'HDMI-1' }));
    expect(within(dialog).getByRole('status')).toHaveTextContent('Visavis est sur cet écran');
  });

  it('offers windows only where the organisation says so', async () => {
    const opened = await open('call-may-share');
    change(opened, { windows_only: true });
    await opened.user.click(screen.getByTestId('toggle-share'));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).queryByRole('group', { name: 'Écrans' })).toBeNull();
    expect(dialog).toHaveTextContent('Votre organisation autorise le partage de fenêtres seulement.');
  });

  it('shares the sound too where that is chosen, and remembers it in this meeting', async () => {
    const { user, sent } = await open('call-may-share');
    await user.click(screen.getByTestId('toggle-share'));
    const dialog = await screen.findByRole('dialog');
    const sound = within(dialog).getByRole('checkbox', { name: 'Partager le son' });
    expect(sound).not.toBeChecked();
    expect(sound).toHaveAccessibleDescription('Les autres entendent ce que jouent vos programmes, sauf Visavis.');
    await user.click(within(dialog).getByRole('radio', { name: 'Budget archives 2027' }));
    expect(sound).toHaveAccessibleDescription('Les autres entendent ce que joue ce programme, dans toutes ses fenêtres.');
    await user.click(sound);
    await expectAccessible();
    await user.click(within(dialog).getByTestId('start-share'));
    expect(sent('start_share').at(-1)).toMatchObject({ sound: true });
    expect(screen.getByTestId('banner')).toHaveTextContent('Le son est partagé aussi.');
    await user.click(screen.getByTestId('stop-share'));
    await user.click(screen.getByTestId('toggle-share'));
    expect(within(await screen.findByRole('dialog')).getByRole('checkbox', { name: 'Partager le son' })).toBeChecked();
  });

  it.each([
    ['unavailable', 'Cet ordinateur ne donne pas le son de ses programmes.'],
    ['forbidden', 'Votre organisation n’autorise pas le partage du son.'],
  ] as const)('says why no sound can be shared: %s', async (sound, why) => {
    const opened = await open('call-may-share');
    change(opened, { sound });
    await opened.user.click(screen.getByTestId('toggle-share'));
    const dialog = await screen.findByRole('dialog');
    const key = within(dialog).getByRole('checkbox', { name: 'Partager le son' });
    expect(key).toBeDisabled();
    expect(key).toHaveAccessibleDescription(why);
  });

  it('shares no sound of a window whose sound nobody knows, nor of Visavis', async () => {
    const { user, sent } = await open('call-may-share');
    await user.click(screen.getByTestId('toggle-share'));
    const dialog = await screen.findByRole('dialog');
    const key = within(dialog).getByRole('checkbox', { name: 'Partager le son' });
    await user.click(key);
    await user.click(within(dialog).getByRole('radio', { name: 'Visavis' }));
    expect(key).toBeDisabled();
    await user.click(within(dialog).getByRole('radio', { name: 'Horloge' }));
    expect(key).toBeDisabled();
    expect(key).not.toBeChecked();
    expect(key).toHaveAccessibleDescription('Rien ne dit quel son est celui de cette fenêtre.');
    await user.click(within(dialog).getByTestId('start-share'));
    expect(sent('start_share').at(-1)).toMatchObject({ sound: false });
  });

  it('forgets what was found when nobody chooses', async () => {
    const { user, engine } = await open('call-may-share');
    await user.click(screen.getByTestId('toggle-share'));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Annuler' }));
    expect(engine.snapshot.sharing.sources).toEqual([]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('closes with the right to share, and does not come back with it', async () => {
    const { user, engine } = await open('call-may-share');
    const may = (publish_screen: boolean) => {
      const { room } = engine.snapshot;
      act(() => engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, publish_screen } } }));
    };
    await user.click(screen.getByTestId('toggle-share'));
    await screen.findByRole('dialog');
    may(false);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(engine.snapshot.sharing.sources).toEqual([]);
    may(true);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is not there where the room does not allow it', async () => {
    const { user } = await open('call-9');
    expect(screen.queryByTestId('toggle-share')).toBeNull();
    await user.keyboard('{Control>}{Shift>}s{/Shift}{/Control}');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('has a word for a window without a title', async () => {
    const opened = await open('call-may-share');
    await opened.user.click(screen.getByTestId('toggle-share'));
    await screen.findByRole('dialog');
    const [first] = SOURCES.filter(({ kind }) => kind === 'window');
    change(opened, { sources: [{ ...first!, title: '' }] });
    expect(screen.getByRole('radio', { name: 'Fenêtre sans titre' })).toBeInTheDocument();
    await expectAccessible();
  });

  it('closes where this computer does not let us look', async () => {
    const opened = await open('call-may-share');
    await opened.user.click(screen.getByTestId('toggle-share'));
    await screen.findByRole('dialog');
    change(opened, { possible: false, sources: [] });
    act(() => opened.engine.patch({ key: 'issues', value: [issue('VIS-SHARE-DENIED-60', 'open_system_settings', { cause: 'wayland' })] }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByTestId('banner')).toHaveTextContent('Le partage a été refusé par le système.');
    expect(screen.getByTestId('banner')).toHaveTextContent('Wayland');
  });
});

describe('where the system itself asks what to share', () => {
  it('opens no dialog of ours, and tells what is going on', async () => {
    const opened = await open('call-may-share');
    const { user, sent } = opened;
    change(opened, { system_asks: true });
    await user.click(screen.getByTestId('toggle-share'));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(sent('look_for_screens')).toEqual([]);
    expect(sent('start_share')).toEqual([{ kind: 'start_share', choice: { kind: 'asked' }, mode: 'automatic', sound: false }]);
    expect(screen.getByTestId('banner')).toHaveTextContent('Choisissez quoi partager dans le dialogue de votre système.');
    expect(state()).toHaveTextContent('Personne ne voit encore rien.');
    changeShare(opened, { kind: 'window', size: { width: 800, height: 600 }, published: true, seen_by: 2 });
    expect(screen.getByTestId('banner')).toHaveTextContent('Vous partagez une fenêtre.');
    expect(state()).toHaveTextContent('2 personnes le voient.');
    await expectAccessible();
    await user.keyboard('{Control>}{Shift>}s{/Shift}{/Control}');
    expect(sent('stop_share')).toHaveLength(1);
    await user.keyboard('{Control>}{Shift>}s{/Shift}{/Control}');
    expect(sent('start_share')).toHaveLength(2);
  });

  it('says who ended it, and lets the person choose again', async () => {
    const opened = await open('call-may-share');
    change(opened, { system_asks: true });
    act(() => opened.engine.patch({ key: 'issues', value: [issue('VIS-SHARE-DENIED-60', 'open_system_settings', { cause: 'declined' })] }));
    expect(screen.getByTestId('banner')).toHaveTextContent('Vous n’avez rien choisi à partager.');
    act(() => opened.engine.patch({ key: 'issues', value: [issue('VIS-SHARE-CLOSED-61', 'share_else', { kind: 'screen', cause: 'system' })] }));
    expect(screen.getByTestId('banner')).toHaveTextContent('Votre système a arrêté le partage.');
    await opened.user.click(screen.getByRole('button', { name: 'Partager autre chose' }));
    expect(opened.sent('start_share')).toHaveLength(1);
  });
});

describe('while something is shared', () => {
  it('tells who sees it, and in which state it is', async () => {
    const opened = await open('call-sharing');
    expect(state()).toHaveTextContent('5 personnes le voient.');
    changeShare(opened, { seen_by: 1 });
    expect(state()).toHaveTextContent('1 personne le voit.');
    changeShare(opened, { seen_by: 0 });
    expect(state()).toHaveTextContent('Personne ne le voit pour l’instant.');
    // Minimised, or on another workspace: nobody tells which.
    changeShare(opened, { hidden: true });
    expect(state()).toHaveTextContent('La fenêtre n’est pas sur votre écran : les autres voient la dernière image.');
    changeShare(opened, { size: null, published: false });
    expect(state()).toHaveTextContent('La fenêtre n’est pas sur votre écran : personne ne la voit encore.');
    changeShare(opened, { hidden: false, size: { width: 800, height: 600 } });
    expect(state()).toHaveTextContent('Le partage commence…');
    changeShare(opened, { kind: 'screen', own: true, published: true });
    expect(screen.getByTestId('banner')).toHaveTextContent('Vous partagez votre écran.');
    expect(screen.getByTestId('banner')).toHaveTextContent('Visavis y est visible.');
    await expectAccessible();
  });

  it('pauses, goes on and stops', async () => {
    const { user, sent } = await open('call-sharing');
    await user.click(screen.getByTestId('pause-share'));
    expect(state()).toHaveTextContent('En pause : les autres voient la dernière image.');
    await user.click(screen.getByTestId('pause-share'));
    expect(sent('pause_share').map((one) => one.paused)).toEqual([true, false]);
    await user.click(screen.getByTestId('stop-share'));
    expect(sent('stop_share')).toHaveLength(1);
    expect(screen.queryByTestId('banner')).toBeNull();
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('Votre partage est arrêté'));
  });

  it('says that the sound goes along, and lets it stop alone', async () => {
    const opened = await open('call-sharing');
    const { user, sent } = opened;
    const banner = () => screen.getByTestId('banner');
    expect(banner()).toHaveTextContent('Le son est partagé aussi.');
    await user.click(screen.getByRole('button', { name: 'Ne plus partager le son' }));
    expect(banner()).not.toHaveTextContent('Le son est partagé aussi.');
    await user.click(screen.getByRole('button', { name: 'Partager le son' }));
    expect(sent('set_share_sound').map((one) => one.on)).toEqual([false, true]);
    changeShare(opened, { paused: true });
    expect(banner()).not.toHaveTextContent('Le son est partagé aussi.');
    changeShare(opened, { paused: false, sound: 'impossible' });
    expect(screen.queryByTestId('set-share-sound')).toBeNull();
    await expectAccessible();
  });

  it('stops by its key, and nothing is told outside of the window', async () => {
    const { user, sent, engine } = await open('call-sharing');
    const { together } = engine.snapshot;
    act(() => engine.patch({ key: 'issues', value: [issue('VIS-CALL-MUTED-45', 'none', { by: 'Julien' })] }));
    expect([...engine.notices.keys()]).toEqual([]);
    expect(together.reactions).toEqual([]);
    await user.click(screen.getByTestId('toggle-share'));
    expect(sent('stop_share')).toHaveLength(1);
    expect(screen.getByTestId('toggle-share')).toHaveTextContent(/^Partager$/);
  });

  it('offers something else when the window is closed', async () => {
    const opened = await open('call-may-share');
    act(() => opened.engine.patch({ key: 'issues', value: [issue('VIS-SHARE-CLOSED-61', 'share_else', { kind: 'window' })] }));
    expect(screen.getByTestId('banner')).toHaveTextContent('La fenêtre partagée a été fermée.');
    await opened.user.click(screen.getByRole('button', { name: 'Partager autre chose' }));
    expect(await screen.findByRole('dialog', { name: /Que voulez-vous partager/ })).toBeVisible();
  });
});
