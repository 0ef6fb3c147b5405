import type { Landing, Outcome } from '../../model';
import type { Advice } from '../advice';

export const session = {
  title: 'Session',
  open: (customer: string, ecosystem: string) => `You are in ${ecosystem} as ${customer}.`,
  openBy: (agent: string, customer: string, ecosystem: string) => `${agent} is in ${ecosystem} as ${customer}.`,
  left: 'Time left',
  leftHint: 'It cannot be extended. The customer can end the session at any time.',
  environments: 'Environments',
  once: 'Each one opens once.',
  opened: 'Opened',
  opening: 'Opening …',
  notOpened: 'It has not been opened yet. You can try again.',
  over: 'The five minutes are over. You will see how the session ended as soon as the server answers.',
  landings: {
    home: 'Opens on the home page.',
    'my-ecosystem': 'Opens on My Ecosystem.',
    'rcm-dashboard': 'Opens on the RCM dashboard.',
  } satisfies Record<Landing, string>,
  app: 'Opens on a phone, with a QR code.',
  emailed: (address: string) => `QR code sent to ${address}`,
  notEmailed: 'The QR code could not be sent. If you need the App, cancel the process and ask for authorization again.',
  lost: {
    title: 'The links of this session are not in this tab',
    next: 'They are given only once, to the tab that started the session. Go back to that tab. If the answer never arrived there, cancel the process and start another verification.',
  },
  oneMinute: 'One minute left.',
  qrTitle: 'Waizant App',
  qrHint: 'Scan it with the camera of the phone. It opens once, while the session lasts.',
  appOpened: 'Opened. The code cannot be used again.',
  qrAlt: 'QR code that opens the session in the Waizant App',
  back: 'Back to the environments',
};

export const activity = {
  title: 'Activity',
  description: 'What happened in the succession and in this verification. Each read is recorded.',
  show: 'Show activity',
  refresh: 'Refresh',
  older: 'Show older',
  empty: 'No activity yet',
  user: 'User',
  role: 'User role',
  process: 'Process',
  /** Marks the items that are not processes of the successor's. */
  step: 'Step of this verification',
  /** The statuses that the directory is known to use. */
  statuses: { waiting: 'Waiting', 'in-progress': 'In progress', done: 'Done', rejected: 'Rejected' },
};

export const finish = {
  /** In a session, and before it. */
  session: 'End session',
  request: 'End process',
};

export const cancel = {
  button: 'Cancel process',
  title: 'Cancel process',
  explain: 'The verification closes and cannot be reopened. An open session ends immediately.',
  field: 'Why are you cancelling it?',
  hint: 'The customer, if they were asked, reads this word for word in an email. It also stands in the record and on the receipt.',
  choices: 'Reasons to choose from',
  reasons: ['The call was interrupted.', 'The request was opened for the wrong customer.', 'The code did not arrive.'],
  note: 'Internal note',
  noteHint: 'For agents and supervisors. It stays in the record and stands in no email and no receipt.',
  count: (used: number) => `${used} of 500 characters`,
  needed: 'Enter a reason.',
  tooLong: 'Use at most 500 characters.',
  ok: 'OK',
  back: 'Go back',
};

export const closed = {
  outcomes: {
    completed: { title: 'The session is over', next: 'The five minutes have passed.' },
    ended: {
      title: 'The customer ended the session',
      next: 'It is closed in every environment. If there is more to do, ask the customer first.',
    },
    finished: { title: 'You ended the process', next: 'Nothing is open any more.' },
    cancelled: { title: 'You cancelled the process', next: 'Nothing is open any more.' },
    denied: { title: 'The customer refused', next: 'Nothing was opened. Talk to the customer before you try again.' },
    expired: {
      title: 'The verification expired',
      next: 'There was no activity for too long. Start another when the customer is available.',
    },
    locked: {
      title: 'The verification is locked',
      next: 'A wrong code was entered too many times. Start another, and have the code read digit by digit.',
    },
  } satisfies Record<Outcome, Advice>,
  /** What an agent did, to everybody else. */
  byAnother: {
    finished: (agent: string) => `${agent} ended the process`,
    cancelled: (agent: string) => `${agent} cancelled the process`,
  } as Partial<Record<Outcome, (agent: string) => string>>,
  /** Under a support grant, where the record says that the customer ended it so. */
  byGrant: {
    revoked: {
      title: 'The customer revoked the access',
      next: 'The credentials open nothing any more. Ask the customer before you go on.',
    },
    replaced: {
      title: 'The customer replaced the credentials',
      next: 'The ones that you entered open nothing any more. If you are to go on, the customer gives you the new ones.',
    },
  } satisfies Record<'revoked' | 'replaced', Advice>,
  reason: 'Reason',
  /** Whether the customer knows of the end. */
  notice: {
    label: 'Email to the customer',
    told: (at: string) => `Sent: ${at}`,
    due: 'Not sent yet. It follows within a minute or two.',
    failed: 'It could not be sent yet. It will be tried again.',
  },
  another: 'Start another',
  again: 'Again for this customer',
};
