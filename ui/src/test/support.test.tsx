import { screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { expectAccessible, open } from './render';

it('shows the report before it is saved, and says what came of it', async () => {
  const { engine, user } = await open('home');
  await user.click(screen.getByTestId('support'));
  await waitFor(() => expect(screen.getByTestId('support-text')).toHaveTextContent('Visavis: 0.1.0'));
  await expectAccessible();
  engine.saving(false);
  await user.click(screen.getByTestId('save-support'));
  expect(screen.getByRole('dialog')).not.toHaveTextContent('Rapport enregistré.');
  engine.saving(new Error('full'));
  await user.click(screen.getByTestId('save-support'));
  await waitFor(() => expect(screen.getByRole('dialog')).toHaveTextContent('Le rapport n’a pas pu être enregistré.'));
  engine.saving(true);
  await user.click(screen.getByTestId('save-support'));
  await waitFor(() => expect(screen.getByRole('dialog')).toHaveTextContent('Rapport enregistré.'));
  expect(engine.saved.at(-1)).toEqual(['rapport-visavis', await engine.supportText()]);
});

it('is there in a meeting too, and says where it cannot be prepared', async () => {
  const { engine, user } = await open('call-live');
  vi.spyOn(engine, 'supportText').mockRejectedValueOnce('failed');
  await user.click(screen.getByTestId('more'));
  await user.click(screen.getByRole('menuitem', { name: 'Rapport pour l’assistance' }));
  await waitFor(() => expect(screen.getByTestId('support-text')).toHaveTextContent('Le rapport n’a pas pu être préparé.'));
  expect(screen.getByTestId('save-support')).toBeDisabled();
});
