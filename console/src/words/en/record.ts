import type { Action, Actor, EmailKind, Outcome, Status, StepFacts } from '../../model';

type Notice = Extract<StepFacts, { kind: 'notice' }>['notice'];

export const record = {
  title: 'Record',
  at: 'When',
  actor: 'Who',
  action: 'What',
  detail: 'Detail',
  actors: { agent: 'Agent', customer: 'Customer', environment: 'Environment', system: 'System' } satisfies Record<Actor, string>,
  actions: {
    started: 'Customer looked up',
    'agent-code-sent': 'Code sent to the agent',
    'agent-code-refused': 'Agent’s code refused',
    'agent-verified': 'Agent verified',
    'consent-asked': 'Authorization requested',
    'consent-code-refused': 'Customer’s code refused',
    'consent-entered': 'First entry of the customer’s code',
    consented: 'Authorization given',
    'mail-failed': 'Email could not be sent',
    'email-undelivered': 'Email could not be delivered',
    'email-reported': 'Email reported as spam',
    'customer-told': 'Customer notified by email',
    'mint-started': 'Session opening',
    'mint-failed': 'Session could not be opened',
    'session-started': 'Session started',
    'handoff-redeemed': 'Environment opened',
    'app-qr-sent': 'QR code for the App sent to the customer',
    'activity-read': 'Activity read',
    completed: 'Session over',
    ended: 'Ended by the customer',
    finished: 'Ended by the agent',
    cancelled: 'Cancelled by the agent',
    denied: 'Refused by the customer',
    expired: 'Expired',
    locked: 'Locked',
  } satisfies Record<Action, string>,
  /** What a step says beyond its action. */
  details: {
    supportGrant: 'with the credentials of a support grant',
    sending: (number: number, of: number) => `code ${number} of at most ${of}`,
    wrongEntry: (number: number, of: number) => `wrong entry ${number} of ${of}`,
    consentedByGrant: 'authorized beforehand, by support grant',
    attempt: (number: number) => `attempt ${number}`,
    appQr: 'QR code for the App',
    activityList: 'the list',
    activityContinued: 'an older page of the list',
    activityItem: (id: string) => `item ${id}`,
    notices: {
      grant_used: 'use of the support grant',
      start: 'start of the session',
      close: 'end of the verification',
    } satisfies Record<Notice, string>,
    emails: {
      'agent-code': 'the agent’s code',
      'consent-request': 'the request for authorization',
      'grant-used': 'use of the support grant',
      'session-started': 'start of the session',
      'app-qr': 'QR code for the App',
      closed: 'end of the verification',
    } satisfies Record<EmailKind, string>,
    numbered: (number: number) => `sending ${number}`,
    credentialsReplaced: 'the credentials were replaced',
    grantRevoked: 'the support grant was revoked',
  },
};

/** What an email that reached nobody means, and what to do. */
export const undelivered = {
  title: 'An email could not be delivered',
  emails: {
    'agent-code': 'Your code did not reach you. Ask your administrator to check your email address, then send the code again.',
    'consent-request':
      'The customer did not get the code. Ask them whether their registered address still works, then send the code again or cancel.',
    'grant-used': 'The customer was not told that their support grant is being used. Tell them yourself.',
    'session-started': 'The customer was not told that the session started or how to end it. Tell them yourself.',
    'app-qr': 'The customer did not get the QR code for the App.',
    closed: 'The customer was not told how it ended.',
  } satisfies Record<EmailKind, string>,
};

export const list = {
  /** A supervisor's list has everyone's verifications. */
  title: (everyones: boolean): string => (everyones ? 'Verifications' : 'My verifications'),
  description: 'Newest first.',
  status: 'Status',
  anyStatus: 'Any status',
  customer: 'Customer’s email address',
  customerHint: 'The complete address.',
  agent: 'Agent',
  anyAgent: 'Any agent',
  me: 'Me',
  search: 'Search',
  clear: 'Clear filters',
  refresh: 'Refresh',
  empty: 'No verifications',
  emptyHint: 'Start one in Technical Assistance.',
  noMatch: 'No verifications match these filters',
  noneYet: 'Nothing found so far',
  further: 'Search further',
  unreadable: (count: number) =>
    count === 1
      ? 'One more verification cannot be shown at the moment, because a newer version of the service wrote it.'
      : `${count} more verifications cannot be shown at the moment, because a newer version of the service wrote them.`,
  columns: {
    created: 'Started',
    customer: 'Customer',
    status: 'Status',
    ecosystem: 'Ecosystem',
    ticket: 'Ticket',
    agent: 'Agent',
    details: 'Details',
  },
  details: 'See details',
  detailsOf: (customer: string, at: string) => `See details: ${customer}, ${at}`,
  statuses: {
    started: 'Started',
    agent_challenged: 'Internal Validation',
    agent_verified: 'Agent verified',
    awaiting_consent: 'Awaiting authorization',
    consented: 'Authorization given',
    minting: 'Session opening',
    in_session: 'In session',
    closed: 'Closed',
  } satisfies Record<Status, string>,
  outcomes: {
    completed: 'Session over',
    ended: 'Ended by the customer',
    finished: 'Ended by the agent',
    cancelled: 'Cancelled',
    denied: 'Refused by the customer',
    expired: 'Expired',
    locked: 'Locked',
  } satisfies Record<Outcome, string>,
};
