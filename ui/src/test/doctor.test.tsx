import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { DoctorView } from '../engine/contract';
import { scenario } from '../engine/fake/scenarios';
import { expectAccessible, open, openDoctor, openSettings } from './render';

const view = (name: string): DoctorView => scenario(name).start.doctor;

it('says the verdict, each step in words, and who can act', async () => {
  const { engine } = await openDoctor('doctor-detour');
  expect(screen.getByTestId('verdict')).toHaveTextContent('Vos réunions marchent, mais le réseau bloque la voie rapide');
  const rows = screen.getAllByRole('row');
  expect(rows).toHaveLength(10);
  const media = screen.getByRole('row', { name: /Son et image/ });
  expect(media).toHaveTextContent('attention');
  expect(media).toHaveTextContent('par un relais');
  const trip = screen.getByRole('row', { name: /Aller-retour du son/ });
  expect(trip).toHaveTextContent(/1,2\s%\sde pertes/);
  expect(trip).toHaveTextContent(/278\sms/);
  expect(screen.getByRole('row', { name: /Débit/ })).toHaveTextContent(/0,7\sMbit\/s/);
  expect(within(screen.getByTestId('advice-udp')).getByRole('heading')).toHaveTextContent('Votre équipe réseau');
  expect(screen.getByTestId('advice-nothing')).toHaveTextContent('Rien à faire');
  expect(screen.getByRole('complementary')).toHaveTextContent('VIS-NET-UDP-21');
  await expectAccessible();
  expect(document.title).toBe('Diagnostic réseau');
  expect(engine.sent).toEqual([{ kind: 'diagnose', host: null }]);
});

it('is busy while it runs, and keeps what was found when it is stopped', async () => {
  const { engine, user, sent } = await openDoctor('doctor-running');
  expect(sent('diagnose'), 'it runs already').toEqual([]);
  expect(screen.getByRole('main')).toHaveAttribute('aria-busy', 'true');
  expect(screen.getByTestId('verdict')).toHaveTextContent('Examen du chemin vers visio.agglo.example');
  expect(screen.queryByRole('complementary')).toBeNull();
  await user.click(screen.getByTestId('doctor-stop'));
  expect(sent('stop_diagnosis')).toHaveLength(1);
  engine.patch({ key: 'doctor', value: view('doctor-stopped') });
  expect(await screen.findByRole('heading', { name: 'Le diagnostic a été arrêté' })).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /Nom du serveur/ })).toHaveTextContent('trouvé');
  await user.click(screen.getByTestId('doctor-again'));
  expect(sent('diagnose').at(-1)).toEqual({ kind: 'diagnose', host: 'visio.agglo.example' });
});

it('names whoever fails, be it the media server', async () => {
  const { engine } = await openDoctor('doctor-proxy');
  expect(screen.getByTestId('advice-allow_host')).toHaveTextContent('visio.agglo.example');
  const found = view('doctor-proxy');
  engine.patch({ key: 'doctor', value: { ...found, advice: found.advice.map((advice) => ({ ...advice, host: 'media.agglo.example' })) } });
  expect(await screen.findByText(/media\.agglo\.example/)).toBeInTheDocument();
  expect(screen.getByTestId('advice-allow_host')).not.toHaveTextContent('visio.agglo.example');
});

it('gives the report to copy or to save, and says nothing of anybody in it', async () => {
  const { engine, user } = await openDoctor('doctor-certificate');
  await user.click(screen.getByText('Contenu du rapport'));
  const text = (await screen.findByTestId('doctor-report')).textContent;
  expect(text).toContain('code: VIS-NET-TLS-06');
  expect(text).toContain('certificate: bad, certificate_untrusted, cause unknown');
  expect(text).not.toContain('Camille');
  await user.click(screen.getByTestId('doctor-copy'));
  expect(await screen.findByText('Rapport copié.')).toBeInTheDocument();
  engine.saving(true);
  await user.click(screen.getByTestId('doctor-save'));
  expect(await screen.findByText('Rapport enregistré.')).toBeInTheDocument();
  expect(engine.saved.at(-1)).toEqual(['visavis-reseau', text]);
  await expectAccessible();
});

it('tells whoever has no server yet, and looks at another one where there are several', async () => {
  const none = await openDoctor('doctor-nobody');
  expect(screen.getByRole('main')).toHaveTextContent('Aucun serveur n’est encore connu');
  none.unmount();
  const { user, sent, engine } = await openDoctor('home-accounts');
  engine.patch({ key: 'doctor', value: view('doctor-reachable') });
  expect(await screen.findByRole('row', { name: /Heure de l’ordinateur/ })).toHaveTextContent('fausse de 180 minutes');
  await user.click(screen.getByRole('button', { name: /Serveur/ }));
  await user.click(screen.getByRole('option', { name: 'meet.region.example' }));
  expect(sent('diagnose').at(-1)).toEqual({ kind: 'diagnose', host: 'meet.region.example' });
});

it('is opened from an error of the network and from the settings, and not from others', async () => {
  const error = await open('error-vis-net-tls-06');
  await error.user.click(screen.getByTestId('doctor'));
  expect(error.engine.doctors).toHaveLength(1);
  error.unmount();
  const denied = await open('error-vis-join-denied-31');
  expect(screen.queryByTestId('doctor')).toBeNull();
  denied.unmount();
  const settings = await openSettings('network');
  await settings.user.click(screen.getByTestId('doctor'));
  expect(settings.engine.doctors).toHaveLength(1);
});
