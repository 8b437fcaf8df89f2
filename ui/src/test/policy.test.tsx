import { act, screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { MANAGED } from '../engine/fake/policy';
import { expectAccessible, open } from './render';

it('shows a locked field with its value, who set it, and the rule', async () => {
  const { user, sent } = await open('home-managed');
  const field = screen.getByTestId('name-field');
  expect(field).toHaveValue('Salle Renoir');
  expect(field).toHaveAttribute('readonly');
  expect(field).toHaveAccessibleDescription(/Fixé par votre organisation\s: Exemple Agglomération, DSI/);
  await user.type(field, 'x');
  expect(sent('set_name')).toHaveLength(0);
  await user.click(within(field.parentElement as HTMLElement).getByTestId('see-rule'));
  const rules = await screen.findByTestId('rules');
  const server = rules.querySelector('[data-key="ServerURL"]');
  expect(server).toHaveTextContent('Serveur de réunion');
  expect(server).toHaveTextContent('https://visio.agglo.example');
  expect(server).toHaveTextContent('/etc/visavis/policies/managed/50-visavis.json');
  expect(rules.querySelector('[data-key="Language"]')).toHaveTextContent('Conseillé par votre organisation');
  expect(rules.querySelector('[data-key="DisableRecording"]')).toHaveTextContent('must be true or false');
  expect(rules.querySelector('[data-key="ForceE2EE"]')).toHaveTextContent('sans effet dans cette version');
  expect(screen.getByTestId('policy-unread')).toHaveTextContent('60-old.json');
  await expectAccessible();
});

it('says that no other server can be added', async () => {
  await open('home-managed');
  expect(screen.getByText(/Aucun autre serveur de réunion/)).toBeInTheDocument();
  expect(screen.queryByTestId('remove-server')).toBeNull();
});

it('opens a meeting of the organisation like a recent one', async () => {
  const { user, sent } = await open('home-managed');
  const [first] = screen.getAllByTestId('managed-room');
  await user.click(within(first as HTMLElement).getByRole('button', { name: 'Rejoindre Accueil du public' }));
  expect(sent('open_link')).toEqual([{ kind: 'open_link', text: 'https://visio.agglo.example/acc-ueil-pub' }]);
});

it('follows a change at once, and gives the field back', async () => {
  const { user, engine, sent } = await open('home-managed');
  act(() => engine.patch({ key: 'policy', value: { ...MANAGED, rules: [], problems: [] } }));
  const field = screen.getByTestId('name-field');
  expect(field).not.toHaveAttribute('readonly');
  expect(screen.queryByTestId('managed')).toBeNull();
  await user.type(field, 'x');
  expect(sent('set_name')).toHaveLength(1);
});

it('keeps a camera that is turned off from being turned on', async () => {
  const { user, sent } = await open('prejoin-managed');
  const toggle = screen.getByTestId('toggle-camera');
  await user.click(toggle);
  expect(sent('set_camera_on')).toHaveLength(0);
  expect(toggle).toHaveAttribute('aria-disabled', 'true');
  expect(screen.getByText(/Désactivé par votre organisation/)).toBeInTheDocument();
  expect(screen.getByText(/Micro coupé au départ/)).toBeInTheDocument();
  await expectAccessible();
});

it('has no key in a meeting for what is turned off, and says who did', async () => {
  const { user } = await open('call-managed');
  expect(screen.queryByRole('button', { name: /Discussion/ })).toBeNull();
  expect(screen.queryByTestId('toggle-camera')).toBeNull();
  await user.click(screen.getByTestId('more'));
  await user.click(await screen.findByRole('menuitem', { name: 'Géré par votre organisation' }));
  expect(await screen.findByTestId('rules')).toBeInTheDocument();
});

it('leads from a server that is not allowed to the rule', async () => {
  const { user } = await open('error-vis-join-policy-37');
  await user.click(screen.getByTestId('issue-action'));
  expect(await screen.findByRole('dialog')).toHaveTextContent('Géré par votre organisation');
});

it('shows the name, the mark and the colours of an organisation', async () => {
  await open('home-branded');
  const logo = screen.getAllByTestId('logo')[0];
  expect(logo).toHaveTextContent('Visio de l’Agglo');
  expect(logo?.querySelector('img')).toHaveAttribute('alt', '');
  expect(document.documentElement.style.getPropertyValue('--brand-accent')).toBe('#a4262c');
  await expectAccessible();
});
