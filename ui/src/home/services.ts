import type { Elsewhere } from '../engine/contract';

/** What the services call themselves, in every language. */
export const SERVICE_NAMES: Record<Elsewhere['service'], string> = {
  zoom: 'Zoom',
  teams: 'Teams',
  webex: 'Webex',
  go_to: 'GoTo',
  google_meet: 'Google Meet',
  big_blue_button: 'BigBlueButton',
};
