import type { Ecosystem, Environment, ShownCustomer, SignInState, Status } from '../../model';
import type { Advice } from '../advice';

export const grant = {
  title: 'Support grant',
  beforehand: 'The customer authorized the access beforehand and can revoke it at any time.',
  wasBeforehand: 'The customer authorized the access beforehand.',
  until: 'Valid until',
  ended: { revoked: 'Revoked by the customer', replaced: 'Credentials replaced by the customer' },
  left: 'Time left of the grant',
  hidden: 'Hidden from you',
  hiddenFromAgent: 'Hidden from the agent',
  messages: 'Messages',
  talks: 'Talks',
  nothing: 'Nothing',
  given: 'The customer authorized the access beforehand',
  tooShort: {
    title: 'The customer’s grant has ended, or ends too soon for a session',
    next: 'A session needs five minutes. Cancel the process and ask the customer for new credentials.',
  },
  moved: {
    started: 'The credentials are correct. Next: Internal Validation.',
    consented: 'You are verified, and the customer authorized the access beforehand. You can start the session.',
  },
};

export const process = {
  of: (name: string) => `for ${name}`,
  ticket: 'Ticket',
  agent: 'Agent',
  startedAt: 'Started',
  id: 'Verification',
  copyId: 'Copy the verification’s id',
  progress: 'Progress',
  stages: {
    lookUp: 'Look-up',
    credentials: 'Credentials',
    validation: 'Internal Validation',
    consent: 'Customer’s authorization',
    session: 'Session',
  },
  stageState: { done: 'done', now: 'in progress', open: 'not started', stopped: 'stopped' },
  /** Announced when the verification moves on. */
  moved: {
    started: 'The customer was found. Next: Internal Validation.',
    agent_challenged: 'A code was sent to you.',
    agent_verified: 'You are verified. Choose an ecosystem.',
    awaiting_consent: 'The customer has been asked for authorization.',
    consented: 'The customer has given their authorization. You can start the session.',
    minting: 'The session is being opened.',
    in_session: 'The session is open.',
    closed: 'The verification is closed.',
  } satisfies Record<Status, string>,
  /** The same for people who only read it. */
  anothersMoved: {
    started: 'The verification has started. Next: Internal Validation.',
    agent_challenged: 'A code was sent to the agent.',
    agent_verified: 'The agent is verified.',
    awaiting_consent: 'The customer has been asked for authorization.',
    consented: 'The customer has given their authorization. The session can be started.',
    minting: 'The session is being opened.',
    in_session: 'The session is open.',
    closed: 'The verification is closed.',
  } satisfies Record<Status, string>,
  idle: 'Closes in',
  idleHint: {
    agent: 'if you do nothing.',
    customer: 'if the customer does nothing.',
    entry: 'if you don’t enter the code.',
    start: 'if the session is not started.',
    another: (agent: string) => `if ${agent} does nothing.`,
  },
  notYours: (agent: string) => `${agent} handles this verification. You can read it, but not change it.`,
  stale: 'This page may be out of date: the server did not answer the last request. The page keeps trying.',
  missing: {
    title: 'This verification doesn’t exist',
    next: 'It is not one of yours, or the address is wrong. Look for it in your verifications, or start another.',
  },
};

export const validation = {
  title: 'Internal Validation',
  explain: 'Before it shows any customer data, Waizant checks that you are an authorized support agent.',
  send: (email: string) => `We will send a six-digit code to ${email}.`,
  button: 'Start Verification',
  sent: (address: string) => `A six-digit code is on its way to ${address}.`,
  field: 'Your code',
  enter: 'Verify code',
};

export const code = {
  expiresIn: 'The code expires in',
  expired: 'The code has expired. Request a new one.',
  attempts: (left: number) => (left === 1 ? '1 attempt left' : `${left} attempts left`),
  format: 'Six digits.',
  wrongFormat: 'Enter exactly six digits.',
  refused: (left: number) =>
    `The code is wrong, expired or already used. ${left === 1 ? '1 attempt is left.' : `${left} attempts are left.`} Check it, or request a new one.`,
  resend: 'Resend',
  resendIn: (time: string) => `Resend in ${time}`,
  resendHint: 'A new code invalidates the previous one and every entry of it.',
};

export const customer = {
  name: 'Name',
  email: 'Email address',
  masked: 'You will see the name and all other data once you are verified.',
  maskedYet: 'The name and all other data are shown once the agent is verified.',
  status: 'Account',
  signIn: 'Sign-in',
  mfa: 'Second factor',
  mfaOn: 'On. A support session doesn’t ask for it.',
  mfaOff: 'Off',
  ecosystems: 'Ecosystems',
  statuses: { active: 'Active', suspended: 'Suspended' } satisfies Record<ShownCustomer['status'], string>,
  signInStates: {
    confirmed: { title: 'Can sign in', next: '' },
    unconfirmed: {
      title: 'Cannot sign in: the email address was never confirmed',
      next: 'The customer has to enter the code from the welcome email, or request a new one on the sign-in page.',
    },
    'must-change-password': {
      title: 'Cannot sign in: the first password must be changed',
      next: 'The customer has to sign in with the password that they received, and choose a new one there.',
    },
    'reset-required': {
      title: 'Cannot sign in: the password must be reset',
      next: 'The customer has to choose “Forgot password” on the sign-in page.',
    },
    disabled: {
      title: 'Cannot sign in: the account is disabled',
      next: 'An administrator of the customers’ accounts can say why, and enable it.',
    },
    federated: {
      title: 'Signs in with another provider',
      next: 'That provider keeps the password, so only they can help. A support session cannot be opened.',
    },
    missing: {
      title: 'Cannot sign in: there is no sign-in account',
      next: 'The customer is in the directory but has no account to sign in with. Pass this on to an administrator of the customers’ accounts.',
    },
  } satisfies Record<SignInState, Advice>,
  suspended: 'The account is suspended. Billing or an administrator can say why.',
  noConsent: {
    title: 'A session cannot be opened for this customer',
    next: 'Tell the customer why, then select “Cancel process” and enter the reason.',
  },
};

export const ecosystem = {
  title: 'Choose an ecosystem',
  description: 'The customer is asked for this ecosystem. A session opens no other.',
  label: 'Ecosystem',
  roles: {
    admin: 'Administrator',
    member: 'Member',
    successor: 'Successor',
    unknown: 'Unknown role, with a member’s rights',
  } satisfies Record<Ecosystem['role'], string>,
  plans: { premium: 'Premium', plus: 'Plus', unknown: 'Unknown plan, with the rights of Plus' } satisfies Record<Ecosystem['plan'], string>,
  nothing: 'Nothing can be opened here.',
  none: 'This customer has no ecosystem that can be opened here. Select “Cancel process” and enter the reason.',
  needed: 'Choose an ecosystem.',
  send: (address: string) => `The customer gets an email at ${address} with a code, a verification number and a link to answer.`,
  button: 'Send verification code',
  other: 'Ask for another ecosystem',
  keep: 'Keep this one',
};

export const environments = {
  store: 'Waizant Store',
  web: 'Waizant Web',
  app: 'Waizant App',
  rcm: 'Waizant RCM',
} satisfies Record<Environment, string>;

export const consent = {
  title: 'Customer’s authorization',
  explain: (address: string) =>
    `An email is on its way to ${address}. The customer opens the link in it, enters the code there, and reads the code to you.`,
  /** Where the agent's entry alone is enough. */
  explainAlone: (address: string) => `An email is on its way to ${address}. The customer reads the code in it to you.`,
  page: (address: string) => `The correct page begins with ${address}.`,
  verificationNumber: 'Verification number',
  verificationNumberHint: 'Read it out. The customer sees the same number in the email and on the page.',
  entries: 'Entries',
  customerEntry: 'Customer, on the page',
  agentEntry: 'You, here',
  entered: 'entered',
  waiting: 'waiting',
  field: 'Code that the customer reads to you',
  enter: 'Verify code',
  entriesDone: 'You have entered the code. The session can start as soon as the customer has entered it too.',
  given: 'The customer has given their authorization',
  givenExplain: (chosen: string) => `You can open ${chosen} for five minutes, starting when you select the button.`,
  start: 'Start session',
  starting: 'The session is being opened',
  startingHint: 'This takes a few seconds. If it fails, you can start the session again.',
};
