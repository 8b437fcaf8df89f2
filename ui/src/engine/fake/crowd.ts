import { call, type Person, type Scenario } from './world';

const FIRST = ['Amadou', 'Béatrice', 'Chloé', 'Driss', 'Élodie', 'Farid', 'Gwenaëlle', 'Hugo', 'Inès', 'Julien', 'Karim', 'Léa'];
const LAST = ['Martin', 'Benali', 'Durand', 'Faure', 'Garnier', 'Lefèvre', 'Moreau', 'Nguyen', 'Petit', 'Roussel', 'Simon', 'Traoré', 'Vidal'];

/** So many others there are, we are one more; the first of them show their picture. */
const OTHERS = 149;
const PICTURES = 12;
const HANDS = 3;

function other(at: number): Person {
  const name = `${FIRST[at % FIRST.length]} ${LAST[at % LAST.length]}`;
  const shown = at < PICTURES;
  // The last ones in have their hands up, the very last first.
  const hand = at >= OTHERS - HANDS ? { hand: OTHERS - at } : {};
  return { id: `p${at}`, name, camera: shown, muted: !shown, ...hand };
}

/** A large meeting. */
export const CROWD: Record<string, () => Scenario> = {
  'call-150': () => ({ start: call(Array.from({ length: OTHERS }, (_, at) => other(at)), 'Assemblée des services', 12), turns: 0 }),
};
