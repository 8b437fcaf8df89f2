import { act, fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { IssueCode } from '../engine/contract';
import { issue } from '../engine/fake/scenarios';
import { open } from './render';

const moved = (params: Record<string, string>) => ({ ...issue('VIS-DEV-MOVED-78', 'none'), params });
const arrived = { ...issue('VIS-DEV-NEW-75', 'use_device'), params: { name: 'Casque Jabra', microphone: 'in', loudspeaker: 'out' } };

/** Sentences of codes that mean several things. */
const TRUE: [IssueCode, Record<string, string>, string][] = [
  ['VIS-OUT-NONE-58', { cause: 'timeout' }, 'La sortie de son ne répond pas. Rebranchez-la, ou choisissez-en une autre.'],
  ['VIS-OUT-NONE-58', { cause: 'busy' }, 'Une autre application tient la sortie de son.'],
  ['VIS-OUT-NONE-58', { cause: 'kept', name: 'A', loudspeaker: 'B' }, 'Impossible d’utiliser A. Le son reste sur B.'],
  ['VIS-OUT-NONE-58', { cause: 'gone', name: 'A' }, 'A débranché : aucune sortie de son. Branchez un casque ou des haut-parleurs'],
  ['VIS-MIC-NONE-50', { cause: 'gone', name: 'A' }, 'A débranché : aucun micro. Branchez-en un'],
  ['VIS-MIC-STOP-77', { cause: 'kept', name: 'A', microphone: 'B' }, 'A ne répond pas. Votre micro reste B.'],
  ['VIS-MIC-PHONE-76', { name: 'A' }, 'Le micro de l’ordinateur serait meilleur.'],
  ['VIS-MIC-PHONE-76', { name: 'A', cause: 'another', better: 'B' }, 'Ce casque passe en qualité téléphone. Mieux vaudrait B.'],
  ['VIS-MIC-PHONE-76', { name: 'A', cause: 'none' }, 'Aucun autre micro n’est là pour le remplacer.'],
];

describe('devices that come and go', () => {
  it('says where the sound is now, and that the microphone is off', async () => {
    const { engine, user, sent } = await open('call-2');
    const params = { cause: 'gone', now: 'loudspeaker_off', name: 'Casque Jabra', loudspeaker: 'Haut-parleurs' };
    act(() => engine.patch({ key: 'issues', value: [{ ...moved(params), action: 'turn_on_microphone' }] }));
    const banner = screen.getByTestId('banner');
    expect(banner).toHaveTextContent('Casque Jabra débranché. Son sur Haut-parleurs, micro coupé.');
    await user.click(within(banner).getByRole('button', { name: 'Rallumer' }));
    expect(sent('set_microphone_on').at(-1)).toEqual({ kind: 'set_microphone_on', on: true });
  });

  it.each([
    [{ cause: 'back', now: 'loudspeaker_microphone', name: 'A', loudspeaker: 'A', microphone: 'B' }, 'A de nouveau branché. Son sur A, micro : B.'],
    [{ cause: 'system', now: 'loudspeaker', name: 'A', loudspeaker: 'A' }, 'Votre ordinateur a changé d’appareil. Son sur A.'],
    [{ cause: 'gone', now: 'microphone', name: 'A', microphone: 'B' }, 'A débranché. Micro : B.'],
    [{ cause: 'gone', now: 'camera', name: 'A', camera: 'B' }, 'A débranché. Caméra : B.'],
    [{ cause: 'gone', now: 'off', name: 'A' }, 'A débranché. Micro coupé.'],
    [{ cause: 'gone', now: 'nothing', name: 'A' }, 'A débranché. Rien ne prend sa place.'],
    [{ cause: 'dead', now: 'loudspeaker', name: 'A', loudspeaker: 'B' }, 'A ne répond pas. Son sur B.'],
    [{ cause: 'answers', now: 'loudspeaker', name: 'A', loudspeaker: 'A' }, 'A répond de nouveau. Son sur A.'],
    [{ cause: 'new', now: 'camera', name: 'A', camera: 'A' }, 'A branché. Caméra : A.'],
    [
      { cause: 'gone', now: 'loudspeaker_microphone_camera', name: 'A', loudspeaker: 'B', microphone: 'C', camera: 'D' },
      'A débranché. Son sur B, micro : C, caméra : D.',
    ],
    [{ cause: 'gone', now: 'loudspeaker_off_camera', name: 'A', loudspeaker: 'B', camera: 'D' }, 'A débranché. Son sur B, micro coupé, caméra : D.'],
  ])('has a sentence for each move: %o', async (params, sentence) => {
    const { engine } = await open('call-2');
    act(() => engine.patch({ key: 'issues', value: [moved(params)] }));
    expect(screen.getByTestId('banner')).toHaveTextContent(sentence);
  });

  it.each(TRUE)('says what is true of %s with %o', async (code, params, sentence) => {
    const { engine } = await open('call-2');
    act(() => engine.patch({ key: 'issues', value: [{ ...issue(code, 'none'), params }] }));
    expect(screen.getByTestId('banner')).toHaveTextContent(sentence);
  });

  it('lets people in with the microphone that goes on while another one is tried in vain', async () => {
    const { engine } = await open('prejoin');
    const stopped = issue('VIS-MIC-STOP-77', 'retry');
    act(() => engine.patch({ key: 'issues', value: [{ ...stopped, params: { cause: 'kept', name: 'A', microphone: 'B' } }] }));
    expect(screen.getByTestId('join')).toHaveTextContent('Entrer dans la réunion');
    act(() => engine.patch({ key: 'issues', value: [stopped] }));
    expect(screen.getByTestId('join')).toHaveTextContent('Entrer sans micro');
  });

  it('offers what was plugged in without taking the focus', async () => {
    const { engine, user, sent } = await open('prejoin');
    expect(screen.getByTestId('join')).toHaveFocus();
    act(() => engine.patch({ key: 'issues', value: [arrived] }));
    expect(screen.getByTestId('issue')).toHaveTextContent('Casque Jabra branché. L’utiliser ?');
    expect(screen.getByTestId('join')).toHaveFocus();
    expect(screen.getByTestId('join')).toHaveTextContent('Entrer dans la réunion');
    await user.click(screen.getByRole('button', { name: 'L’utiliser' }));
    expect(sent('choose_microphone').at(-1)?.choice).toEqual({ kind: 'device', value: 'in' });
    expect(sent('choose_loudspeaker').at(-1)?.choice).toEqual({ kind: 'device', id: 'out' });
    expect(sent('choose_camera')).toEqual([]);
    expect(sent('dismiss').at(-1)).toEqual({ kind: 'dismiss', code: 'VIS-DEV-NEW-75' });
  });

  it('turns on what the system has muted', async () => {
    const { engine, user, sent } = await open('prejoin');
    act(() => engine.patch({ key: 'issues', value: [issue('VIS-MIC-OSMUTE-52', 'unmute')] }));
    expect(screen.getByTestId('issue')).toHaveTextContent('Micro coupé par l’ordinateur ou le casque.');
    await user.click(screen.getByRole('button', { name: 'Le rallumer' }));
    expect(sent('unmute_microphone')).toHaveLength(1);
  });

  it('turns on a loudspeaker that the system has muted, and no microphone', async () => {
    const { engine, user, sent } = await open('call-2');
    act(() => engine.patch({ key: 'issues', value: [{ ...issue('VIS-OUT-OSMUTE-79', 'unmute'), params: { name: 'Casque Jabra' } }] }));
    const banner = screen.getByTestId('banner');
    expect(banner).toHaveTextContent('Son coupé par l’ordinateur ou le casque. Vous n’entendez personne tant qu’il l’est.');
    await user.click(within(banner).getByRole('button', { name: 'Rétablir le son' }));
    expect(sent('unmute_loudspeaker')).toHaveLength(1);
    expect(sent('unmute_microphone')).toHaveLength(0);
  });
});

describe('hold to talk', () => {
  it('turns the microphone on while V is held, but not where one types', async () => {
    const { engine, user, sent } = await open('call-2');
    act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, microphone_on: false } }));
    await user.keyboard('{v>}');
    expect(sent('talk')).toEqual([{ kind: 'talk', on: true }]);
    // The system says it again and again while the key is held.
    fireEvent.keyDown(document.body, { key: 'v', repeat: true });
    expect(sent('talk')).toHaveLength(1);
    await user.keyboard('{/v}');
    expect(sent('talk').at(-1)).toEqual({ kind: 'talk', on: false });
    await user.keyboard('{Control>}{Shift>}m{/Shift}{/Control}');
    await user.type(screen.getByRole('textbox'), 'viva');
    expect(sent('talk')).toHaveLength(2);
  });

  it('ends with keys that let go in any order', async () => {
    const { engine, sent } = await open('call-2');
    act(() => engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, shortcuts: { talk: { key: '!', mod: true, shift: true, alt: false } } } }));
    const press = () => fireEvent.keyDown(document.body, { key: '!', code: 'Digit1', ctrlKey: true, shiftKey: true });
    press();
    // Shift is up a moment before: the key writes another sign by then.
    fireEvent.keyUp(document.body, { key: 'Shift', code: 'ShiftLeft', ctrlKey: true });
    fireEvent.keyUp(document.body, { key: '1', code: 'Digit1', ctrlKey: true });
    expect(sent('talk').map(({ on }) => on)).toEqual([true, false]);
    press();
    fireEvent.keyUp(document.body, { key: '&', code: 'Digit1', ctrlKey: true, shiftKey: true });
    expect(sent('talk').map(({ on }) => on)).toEqual([true, false, true, false]);
  });

  it('ends where the window is left, and is off for who wants no key', async () => {
    const { engine, user, sent } = await open('call-2');
    await user.keyboard('{v>}');
    act(() => void window.dispatchEvent(new Event('blur')));
    expect(sent('talk').map(({ on }) => on)).toEqual([true, false]);
    act(() => engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, shortcuts: { talk: null } } }));
    await user.keyboard('{/v}v');
    expect(sent('talk')).toHaveLength(2);
  });
});

it('lets people hear their microphone, and says what was amiss', async () => {
  const { engine, user, sent } = await open('prejoin');
  await user.click(screen.getByTestId('trial'));
  expect(sent('try_microphone')).toHaveLength(1);
  const tell = (trial: typeof engine.snapshot.me.trial) => act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, trial } }));
  tell({ kind: 'recording' });
  expect(screen.getByTestId('trial-verdict')).toHaveTextContent('Parlez : 3 secondes sont enregistrées.');
  tell({ kind: 'done', voice: 'faint', echo: 'heard' });
  expect(screen.getByTestId('trial-verdict')).toHaveTextContent('On vous entend à peine : rapprochez-vous du micro. Les autres s’entendraient : mettez un casque, ou baissez le son.');
});
