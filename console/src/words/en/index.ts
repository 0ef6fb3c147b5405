import { access } from './access';
import { attention } from './attention';
import { codes } from './codes';
import { failures } from './failures';
import { list, record, undelivered } from './record';
import { remote } from './remote';
import { activity, cancel, closed, finish, session } from './session';
import { newPassword, recovery, signIn } from './sign-in';
import { lookUp, modules, redeem } from './starting';
import { code, consent, customer, ecosystem, environments, grant, process, validation } from './verification';

export const en = {
  language: 'English',
  product: 'Waizant BackOffice',
  skip: 'Skip to content',
  loading: 'Loading',
  close: 'Close',
  none: '–',

  start: {
    failed: {
      title: 'The console cannot start',
      next: 'Its settings could not be read. Reload the page. If this happens again, tell your administrator.',
    },
    reload: 'Reload',
    broken: {
      title: 'Something went wrong on this page',
      next: 'Reload it. The verification keeps its state.',
    },
  },

  navigation: {
    title: 'User Support',
    language: 'Language',
    account: 'Account',
    supervisor: 'Supervisor',
    agent: 'Support agent',
    signOut: 'Sign out',
  },

  signIn,
  newPassword,
  recovery,
  modules,
  lookUp,
  redeem,
  grant,
  access,
  process,
  validation,
  attention,
  code,
  codes,
  customer,
  ecosystem,
  environments,
  consent,
  session,
  activity,
  cancel,
  finish,
  closed,
  record,
  undelivered,
  list,
  failures,
  remote,
};

export type Words = typeof en;
