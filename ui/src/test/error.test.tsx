import { act, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { expectAccessible, open } from './render';

describe('the error view', () => {
  it('names cause, proof and the step that may help', async () => {
    const { user, sent } = await open('error-vis-srv-timeout-08');
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Nous n’avons pas pu joindre le serveur');
    expect(screen.getByTestId('issue')).toHaveTextContent('visio.agglo.example ne répond pas depuis ce réseau.');
    expect(screen.getByTestId('issue')).toHaveTextContent('Le nom du serveur est connu');
    expect(screen.getByTestId('issue-action')).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(sent('retry')).toHaveLength(1);
  });

  it('is said once where the window begins with it, as where it comes later', async () => {
    const { engine } = await open('error-vis-srv-timeout-08', { shell: { announces: true } });
    await act(async () => undefined);
    expect(engine.announced).toHaveLength(1);
    expect(engine.announced[0]).toContain('Nous n’avons pas pu joindre le serveur');
    expect(engine.announced[0]).toContain('ne répond pas depuis ce réseau.');
    const { phase } = engine.snapshot;
    await act(async () => engine.patch({ key: 'phase', value: { kind: 'home' } }));
    await act(async () => engine.patch({ key: 'phase', value: phase }));
    expect(engine.announced.filter((text) => text.includes('Nous n’avons pas pu joindre'))).toHaveLength(2);
  });

  it('sends back to the link where the link is wrong', async () => {
    const { user, sent } = await open('error-vis-join-token-38');
    await user.click(screen.getByRole('button', { name: 'Vérifier le lien' }));
    expect(sent('leave')).toHaveLength(1);
    expect(screen.getByTestId('link-field')).toHaveFocus();
  });

  it('copies a report without names', async () => {
    const { user, engine } = await open('error-vis-net-tls-06');
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(screen.getByRole('button', { name: 'Copier pour l’assistance' }));
    expect(write.mock.calls[0]?.[0]).toBe(
      'code: VIS-NET-TLS-06\nversion: 0.1.0\nplatform: linux\npresenter: canvas\nhost: visio.agglo.example',
    );
    expect(write.mock.calls[0]?.[0]).not.toContain(engine.snapshot.me.name);
    expect(await screen.findByText('Rapport copié')).toBeVisible();
  });

  it('asks who one is for the proxy that wants to know, by its name', async () => {
    const { user, sent } = await open('error-vis-net-proxy-04');
    await user.click(screen.getByRole('button', { name: 'S’identifier' }));
    expect(await screen.findByRole('dialog', { name: 'S’identifier auprès du proxy' })).toHaveTextContent('proxy.agglo.example:3128');
    expect(screen.getByTestId('proxy-user')).toHaveFocus();
    await expectAccessible();
    await user.keyboard('{Enter}');
    expect(sent('sign_in_at_proxy')).toHaveLength(0);
    await user.type(screen.getByTestId('proxy-user'), ' camille ');
    await user.type(screen.getByTestId('proxy-password'), ' un mot ');
    await user.keyboard('{Enter}');
    expect(sent('sign_in_at_proxy')).toEqual([{ kind: 'sign_in_at_proxy', proxy: 'proxy.agglo.example:3128', user: 'camille', password: ' un mot ' }]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('shows the report where the clipboard is refused', async () => {
    const { user } = await open('error-vis-net-tls-06');
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('refused'));
    await user.click(screen.getByRole('button', { name: 'Copier pour l’assistance' }));
    expect(await screen.findByText(/code: VIS-NET-TLS-06/)).toBeVisible();
  });

  it('tries again by itself after 15 s', async () => {
    vi.useFakeTimers();
    try {
      const { sent } = await open('error-vis-srv-down-09', { shell: { automation: false } });
      expect(screen.getByRole('timer')).toHaveTextContent('Nouvel essai automatique dans 15 secondes.');
      for (let second = 0; second < 14; second++) act(() => void vi.advanceTimersByTime(1000));
      expect(sent('retry')).toHaveLength(0);
      expect(screen.getByRole('timer')).toHaveTextContent('dans 1 seconde.');
      act(() => void vi.advanceTimersByTime(1000));
      expect(sent('retry')).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('says when it comes how far it came and that it tries again, and no number', async () => {
    vi.useFakeTimers();
    try {
      const { engine } = await open('home', { shell: { automation: false, announces: true } });
      const issue = { code: 'VIS-SRV-TIMEOUT-08', action: 'retry', params: { host: 'visio.agglo.example' } } as const;
      engine.announced.length = 0;
      await act(async () => engine.patch({ key: 'phase', value: { kind: 'failed', issue, link: null } }));
      const alert = screen.getByRole('alert');
      const said = () => engine.announced.filter((text) => text.includes('visio.agglo.example'));
      expect(said()).toHaveLength(1);
      for (const part of ['Le nom du serveur est connu', 'Le serveur de réunion ne répond pas', 'Un nouvel essai se fera automatiquement.']) {
        expect(alert).toHaveTextContent(part);
        expect(said()[0]).toContain(part);
      }
      expect(alert).not.toContainElement(screen.getByRole('timer'));
      for (let second = 0; second < 5; second++) await act(async () => void vi.advanceTimersByTime(1000));
      expect(said()).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('promises nothing that it does not do', async () => {
    await open('error-vis-join-expired-32', { shell: { automation: false } });
    expect(screen.getByRole('alert')).not.toHaveTextContent('automatiquement');
  });

  it('waits as long as the server wants', async () => {
    const { engine } = await open('error-vis-srv-down-09', { shell: { automation: false } });
    act(() => engine.patch({ key: 'phase', value: { kind: 'home' } }));
    const busy = { code: 'VIS-JOIN-BUSY-18', action: 'retry', params: { seconds: '42' } } as const;
    act(() => engine.patch({ key: 'phase', value: { kind: 'failed', issue: busy, link: null } }));
    expect(screen.getByTestId('issue')).toHaveTextContent('Réessayez dans 42 s.');
    expect(screen.getByRole('timer')).toHaveTextContent('dans 42 secondes');
  });

  it('does nothing by itself under WebDriver', async () => {
    await open('error-vis-srv-down-09', { shell: { automation: true } });
    expect(screen.queryByRole('timer')).toBeNull();
  });
});

describe('the end', () => {
  it('says how long it was and leads home', async () => {
    const { user, sent } = await open('ended');
    expect(screen.getByTestId('ended')).toHaveTextContent('Vous y étiez 42 min.');
    await user.click(screen.getByTestId('rejoin'));
    await user.click(screen.queryByTestId('home') ?? document.body);
    expect(sent('retry')).toHaveLength(1);
  });

  it('offers the meeting back when another device has it', async () => {
    const { user, sent } = await open('ended-other-device');
    await user.click(screen.getByRole('button', { name: 'Reprendre ici' }));
    expect(sent('retry')).toHaveLength(1);
  });
});
