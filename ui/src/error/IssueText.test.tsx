import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { open } from '../test/render';

it.each([
  ['VIS-MIC-NONE-50', 'choose_device', 'Vous pouvez entrer sans micro.', 'd’ici là, personne ne vous entend.'],
  ['VIS-CAM-NONE-55', 'choose_device', 'Vous entrerez avec votre nom.', 'd’ici là, les autres voient votre nom.'],
  ['VIS-CAM-BUSY-57', 'retry', 'Vous pouvez entrer sans image.', 'la caméra s’allumera alors toute seule.'],
] as const)('says nothing of entering to who is in: %s', async (code, action, before, inside) => {
  const look = await open('prejoin');
  act(() => look.engine.patch({ key: 'issues', value: [issue(code, action)] }));
  expect(screen.getByTestId('issue')).toHaveTextContent(before);
  look.unmount();
  const { engine } = await open('call-2');
  act(() => engine.patch({ key: 'issues', value: [issue(code, action)] }));
  expect(screen.getByTestId('banner')).toHaveTextContent(inside);
  expect(screen.getByTestId('banner')).not.toHaveTextContent(/entrer/);
});

it.each([
  [{ source: 'microphone' }, 'Le serveur n’accepte pas votre son ou votre image.'],
  [{ source: 'screen_share' }, 'Le serveur n’accepte pas ce que vous partagez. Personne ne le voit.'],
  [{ source: 'screen_share_audio' }, 'Le serveur n’accepte pas le son que vous partagez.'],
  [{ source: 'camera', cause: 'stopped' }, 'Votre caméra a été coupée par une autre personne. Rallumez-la'],
  [{ source: 'screen_share', cause: 'stopped' }, 'Votre partage a été arrêté par une autre personne. Plus personne ne le voit.'],
  [{ source: 'screen_share_audio', cause: 'stopped' }, 'Le son que vous partagez a été coupé par une autre personne.'],
])('says what is not sent any more, and by whose will: %o', async (params, sentence) => {
  const { engine } = await open('call-2');
  act(() => engine.patch({ key: 'issues', value: [issue('VIS-MED-PUBLISH-71', 'none', params as Record<string, string>)] }));
  expect(screen.getByTestId('banner')).toHaveTextContent(sentence);
});
