import 'i18next';
import type account from '../../locales/en/account.json';
import type announce from '../../locales/en/announce.json';
import type background from '../../locales/en/background.json';
import type bar from '../../locales/en/bar.json';
import type calendar from '../../locales/en/calendar.json';
import type call from '../../locales/en/call.json';
import type common from '../../locales/en/common.json';
import type devices from '../../locales/en/devices.json';
import type doctor from '../../locales/en/doctor.json';
import type end from '../../locales/en/end.json';
import type home from '../../locales/en/home.json';
import type issues from '../../locales/en/issues.json';
import type joining from '../../locales/en/joining.json';
import type lobby from '../../locales/en/lobby.json';
import type meeting from '../../locales/en/meeting.json';
import type notices from '../../locales/en/notices.json';
import type panels from '../../locales/en/panels.json';
import type policy from '../../locales/en/policy.json';
import type prejoin from '../../locales/en/prejoin.json';
import type settings from '../../locales/en/settings.json';
import type sharing from '../../locales/en/sharing.json';
import type shortcut from '../../locales/en/shortcut.json';
import type shortcuts from '../../locales/en/shortcuts.json';
import type stage from '../../locales/en/stage.json';
import type support from '../../locales/en/support.json';
import type together from '../../locales/en/together.json';
import type tray from '../../locales/en/tray.json';
import type welcome from '../../locales/en/welcome.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: {
      account: typeof account;
      announce: typeof announce;
      background: typeof background;
      bar: typeof bar;
      calendar: typeof calendar;
      call: typeof call;
      common: typeof common;
      devices: typeof devices;
      doctor: typeof doctor;
      end: typeof end;
      home: typeof home;
      issues: typeof issues;
      joining: typeof joining;
      lobby: typeof lobby;
      meeting: typeof meeting;
      notices: typeof notices;
      panels: typeof panels;
      policy: typeof policy;
      prejoin: typeof prejoin;
      settings: typeof settings;
      sharing: typeof sharing;
      shortcut: typeof shortcut;
      shortcuts: typeof shortcuts;
      stage: typeof stage;
      support: typeof support;
      together: typeof together;
      tray: typeof tray;
      welcome: typeof welcome;
    };
  }
}
