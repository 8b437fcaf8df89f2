import type { InvitationView } from '../engine/contract';

/** Words of an invitation, in the user's language. */
export interface InvitationWords {
  title: string;
  link: (link: string) => string;
  phone: (phone: string) => string;
  pin: (pin: string) => string;
}

/** Digits in threes, as one reads them aloud. */
export function spacedPin(pin: string): string {
  return pin.replace(/\D/g, '').replace(/(\d{3})(?=\d{2})/g, '$1 ');
}

/** Plain text for any mail or message: no marks, no invisible signs, a line a fact. */
export function invitationText(invitation: InvitationView, words: InvitationWords): string {
  const { link, phone, pin } = invitation;
  return [words.title, words.link(link), ...(phone === null ? [] : [words.phone(phone)]), ...(pin === null ? [] : [words.pin(`${spacedPin(pin)} #`)])].join('\n');
}

/** Addresses as they were typed, each once, and the first that cannot be one; the server knows better. */
export function addressesOf(text: string): { addresses: string[]; wrong: string | null } {
  const addresses = [
    ...new Set(
      text
        .split(/[\s,;]+/)
        .map((address) => address.replace(/^<|>$/g, ''))
        .filter((address) => address !== ''),
    ),
  ];
  return { addresses, wrong: addresses.find((address) => !/^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$/.test(address)) ?? null };
}
