import type { CognitoRefusal } from '../cognito';
import type { CustomersFailureKind, FailureKind, RecoveryFailureKind } from '../failure';
import type { Ecosystem, Environment, Landing, Module, Outcome, ShownCustomer, SignInState, Status, Step } from '../model';

/** What happened, and what to do next. */
interface Advice {
  title: string;
  next: string;
}

export const en = {
  language: 'English',
  product: 'Waizant BackOffice',
  skip: 'Skip to content',
  loading: 'Loading',
  close: 'Close',
  none: '–',
  seconds: (left: number) => `${left} s`,

  start: {
    failed: {
      title: 'The console cannot start',
      next: 'Its settings could not be read. Reload the page; if that does not help, tell whoever runs it.',
    },
    reload: 'Reload',
    broken: {
      title: 'Something in this page broke',
      next: 'Reload it: the verification stays where it is.',
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

  signIn: {
    title: 'Sign in',
    description: 'For Waizant’s support agents.',
    email: 'E-mail',
    password: 'Password',
    button: 'Sign in',
    ended: 'Your sign-in has ended. Sign in again: you come back to where you were.',
    needed: 'Enter your e-mail and your password.',
    firstPassword: {
      title: 'Choose your password',
      description: 'An administrator set your first password. Choose one that only you know.',
      button: 'Save and sign in',
    },
    secondFactor: {
      title: 'Enter your second factor',
      from: (sentTo: string | undefined): string =>
        sentTo === undefined
          ? 'Open your authenticator app and enter the code that it shows.'
          : `Enter the code that was sent to ${sentTo}.`,
      code: 'Code',
      incomplete: 'Enter all digits of the code.',
      button: 'Sign in',
    },
    authenticator: {
      title: 'Set up your second factor',
      description:
        'Beside your password a code from an authenticator app is asked for. Scan this with such an app on your telephone, then enter the code that it shows.',
      picture: 'QR code for your authenticator app',
      key: 'If you cannot scan it, enter this key in the app',
      button: 'Save and sign in',
    },
    refusals: {
      'wrong-credentials': {
        title: 'That did not sign you in',
        next: 'Check the e-mail and the password. After several wrong tries your user is locked for a while; an administrator can tell whether it is disabled.',
      },
      'reset-required': {
        title: 'Your password has to be reset',
        next: 'Choose “Forgot password?” and set a new one.',
      },
      'weak-password': {
        title: 'The password was refused',
        next: 'Choose one that meets every rule and that you have not used before.',
      },
      'wrong-code': {
        title: 'The code was refused',
        next: 'Enter the newest one. If it stays like this, see whether your telephone has the right time.',
      },
      'too-many-attempts': {
        title: 'Too many attempts',
        next: 'Wait a few minutes, then try again.',
      },
      'too-late': {
        title: 'The time for this step is over',
        next: 'Sign in again. Nothing is lost: a first password is still the one that you were given.',
      },
      'unknown-challenge': {
        title: 'Your user needs a step that this console does not have',
        next: 'Tell your administrator: a password, and a code from an app, an e-mail or an SMS, can be entered here and nothing else.',
      },
      offline: {
        title: 'No connection',
        next: 'Check your network, then try again.',
      },
      unavailable: {
        title: 'The sign-in service has a fault',
        next: 'Nothing is wrong with what you entered. Try again in a moment.',
      },
      unexpected: {
        title: 'Signing in failed',
        next: 'Try again in a moment; if it stays like this, tell your administrator.',
      },
    } satisfies Record<CognitoRefusal, Advice>,
    notAllowed: {
      title: 'You are not in the group CustomerService',
      next: 'Only its members may support customers. Ask your administrator to add you, then sign in again.',
    },
  },

  newPassword: {
    field: 'New password',
    again: 'Confirm new password',
    differ: 'The two passwords differ.',
    weak: 'The password does not meet every rule yet.',
    title: 'A password needs',
    met: 'met',
    missing: 'missing',
    rules: {
      length: 'at least 8 characters',
      upper: 'a capital letter',
      lower: 'a small letter',
      number: 'a digit',
      special: 'a special character, such as ! @ # $ % & *',
      'no-spaces': 'no spaces',
    },
  },

  recovery: {
    link: 'Forgot password?',
    title: 'Reset your password',
    description: 'You get a code by e-mail, and choose a new password with it.',
    send: 'Send code',
    back: 'Back to sign-in',
    sent: (email: string) => `If ${email} belongs to an agent, a code is on its way to it. It is good for an hour.`,
    code: 'Write your password reset code',
    save: 'Save new password',
    other: 'Use another e-mail',
    locked:
      'Wrong, expired or used already, and no attempt is left: for 15 minutes no code is taken for this e-mail. Wait, then have a new one sent.',
    failures: {
      send: {
        offline: { title: 'No connection', next: 'Check your network, then ask for the code again.' },
        timeout: {
          title: 'No answer in time',
          next: 'The code may be on its way all the same: look at your mail before you ask for another.',
        },
        'too-many-requests': {
          title: 'Too many requests',
          next: 'Only so many codes are sent in an hour. The last one that reached you is good for its hour.',
        },
        throttled: { title: 'The service is busy', next: 'Wait a few seconds, then ask for the code again.' },
        unavailable: { title: 'The service could not finish this', next: 'Ask for the code again in a moment.' },
      },
      save: {
        offline: {
          title: 'No answer',
          next: 'Check your network. Your password may be changed all the same: try to sign in with the new one first.',
        },
        timeout: {
          title: 'No answer in time',
          next: 'Your password may be changed all the same: try to sign in with the new one first.',
        },
        'too-many-requests': {
          title: 'Too many attempts',
          next: 'For a while no code is taken for this e-mail. Wait, then have a new one sent.',
        },
        throttled: { title: 'The service is busy', next: 'Wait a few seconds, then save it again.' },
        unavailable: {
          title: 'The service could not finish this',
          next: 'Your password may be changed all the same: try to sign in with the new one first. If the code is refused now, have another one sent.',
        },
      },
    } satisfies Record<string, Record<RecoveryFailureKind, Advice>>,
    done: 'Your password is changed',
    doneExplain: 'Sign in with the new one. Wherever you were signed in with the old one, you have been signed out.',
  },

  modules: {
    'technical-assistance': {
      title: 'Technical Assistance',
      description:
        'Look the user up with the e-mail that is registered with Waizant. Nothing is shown before you have proved who you are, and nothing is opened without the user’s consent.',
      customer: 'Customer',
    },
    'ecosystem-admin': {
      title: 'Ecosystem Admin',
      description:
        'For the successor, who has received an ecosystem: what happened in the succession, and a session. Nothing is shown before you have proved who you are, and nothing is opened without the successor’s consent.',
      customer: 'Successor',
    },
    'support-grant': {
      title: 'Support Grant',
      description:
        'For credentials that a customer made and gave to you: access was offered before anybody asked. Nothing is shown before you have proved who you are.',
      customer: 'Customer',
    },
  } satisfies Record<Module, { title: string; description: string; customer: string }>,

  lookUp: {
    email: 'User email',
    emailHint: 'The whole address, as the user registered it.',
    emailWrong: 'Enter an e-mail address, such as name@example.com.',
    ticket: 'Ticket',
    ticketHint: 'What your ticket system calls the case. It stands in the record and in the e-mail to the user.',
    ticketWrong: 'Use up to 64 plain characters, without accents.',
    optional: 'optional',
    button: 'Start Verification Process',
  },

  redeem: {
    userName: 'User Name',
    password: 'Password',
    code: 'Security code',
    pasteHint: 'All three are in what the customer copied: paste the whole of it into any of the fields.',
    pasted: 'All three fields are filled in.',
    userNameWrong: 'Enter the user name that the customer gave you.',
    passwordWrong: 'Enter the password that the customer gave you.',
    button: 'Start Verification Process',
    open: {
      title: 'A verification with these credentials is open',
      next: 'There is one at a time. Go on with it, or cancel it first: it is among your verifications.',
    },
  },

  grant: {
    title: 'Support grant',
    beforehand: 'The customer consented beforehand, and can revoke it at any moment.',
    until: 'Good until',
    left: 'Time left of the grant',
    hidden: 'Hidden from you',
    hiddenFromAgent: 'Hidden from the agent',
    messages: 'Messages',
    talks: 'Talks',
    nothing: 'Nothing',
    given: 'The customer consented beforehand',
    tooShort: {
      title: 'The customer’s grant is over, or ends too soon for a session',
      next: 'A session needs five minutes. Cancel the process, and ask the customer for new credentials.',
    },
    moved: {
      started: 'The credentials are right. Next: Internal Validation.',
      consented: 'You are verified, and the customer consented beforehand. You can start the session.',
    },
  },

  process: {
    of: (customer: string) => `for ${customer}`,
    ticket: 'Ticket',
    agent: 'Agent',
    startedAt: 'Started',
    progress: 'Progress',
    stages: {
      lookUp: 'Look-up',
      credentials: 'Credentials',
      validation: 'Internal Validation',
      consent: 'Customer’s consent',
      session: 'Session',
    },
    stageState: { done: 'done', now: 'now', open: 'to come', stopped: 'stopped' },
    /** Read out when the verification moves on. */
    moved: {
      started: 'The customer was found. Next: Internal Validation.',
      agent_challenged: 'A code was sent to you.',
      agent_verified: 'You are verified. Choose an ecosystem.',
      awaiting_consent: 'The customer has been asked for consent.',
      consented: 'Consent is given. You can start the session.',
      minting: 'The session is being opened.',
      in_session: 'The session is open.',
      closed: 'The verification is closed.',
    } satisfies Record<Status, string>,
    /** The same to whoever only reads it. */
    anothersMoved: {
      started: 'The verification is started. Next: Internal Validation.',
      agent_challenged: 'A code was sent to the agent.',
      agent_verified: 'The agent is verified.',
      awaiting_consent: 'The customer has been asked for consent.',
      consented: 'Consent is given. The session can be started.',
      minting: 'The session is being opened.',
      in_session: 'The session is open.',
      closed: 'The verification is closed.',
    } satisfies Record<Status, string>,
    idle: 'Closes by itself in',
    idleHint: {
      agent: 'if you do nothing.',
      customer: 'if the customer does nothing.',
      entry: 'if you do not enter the code.',
      start: 'if the session is not started.',
      another: (agent: string) => `if ${agent} does nothing.`,
    },
    notYours: (agent: string) => `${agent} handles this verification. You can read it, not move it.`,
    stale: 'This page may be out of date: the last look at the server failed. It keeps trying.',
    missing: {
      title: 'There is no such verification',
      next: 'It is not one of yours, or the address is wrong. Look for it in your verifications or start another one.',
    },
  },

  validation: {
    title: 'Internal Validation',
    explain: 'Before anything of the user is shown, Waizant checks that you are an authorised support agent.',
    send: (email: string) => `You get a six-digit code at ${email}.`,
    button: 'Start Verification',
    sent: (address: string) => `A six-digit code is on its way to ${address}.`,
    field: 'Your code',
    enter: 'Verify code',
  },

  code: {
    expiresIn: 'The code is good for',
    expired: 'The code has expired. Have a new one sent.',
    attempts: (left: number) => (left === 1 ? 'One attempt left' : `${left} attempts left`),
    format: 'Six digits.',
    wrongFormat: 'A code has exactly six digits.',
    refused: (left: number) =>
      `Wrong, expired or used already. ${left === 1 ? 'One attempt is left.' : `${left} attempts are left.`} Check it, or have a new one sent.`,
    resend: 'Resend',
    resendIn: (time: string) => `Resend in ${time}`,
    resendHint: 'A new code makes the one before worthless, and every entry made with it.',
  },

  customer: {
    name: 'Name',
    email: 'E-mail',
    masked: 'The name and the rest are shown once you have proved who you are.',
    maskedYet: 'The name and the rest are shown once the agent is verified.',
    status: 'Account',
    signIn: 'Sign-in',
    mfa: 'Second factor',
    mfaOn: 'On. A support session does not ask for it.',
    mfaOff: 'Off',
    ecosystems: 'Ecosystems',
    statuses: { active: 'Active', suspended: 'Suspended' } satisfies Record<ShownCustomer['status'], string>,
    signInStates: {
      confirmed: { title: 'Can sign in', next: '' },
      unconfirmed: {
        title: 'Cannot sign in: the address was never confirmed',
        next: 'The customer has to enter the code from the welcome e-mail, or ask for a new one on the sign-in page.',
      },
      'must-change-password': {
        title: 'Cannot sign in: a first password waits to be changed',
        next: 'The customer signs in with the password that was sent and chooses a new one there.',
      },
      'reset-required': {
        title: 'Cannot sign in: the password has to be reset',
        next: 'The customer chooses “Forgot password” on the sign-in page.',
      },
      disabled: {
        title: 'Cannot sign in: the user is disabled',
        next: 'An administrator of the customers’ pool can say why, and enable it.',
      },
      federated: {
        title: 'Signs in with another provider',
        next: 'The password is kept there, and so is the remedy. A support session cannot be opened.',
      },
      missing: {
        title: 'Cannot sign in: there is no such user',
        next: 'The directory knows the customer, the sign-in does not. Pass it on to whoever looks after accounts.',
      },
    } satisfies Record<SignInState, Advice>,
    suspended: 'The account is suspended: billing or an administrator can say why.',
    noConsent: {
      title: 'A session cannot be opened for this customer',
      next: 'Tell the customer what stands in the way, then end with “Cancel process” and say why.',
    },
  },

  ecosystem: {
    title: 'Choose an ecosystem',
    description: 'The customer is asked for this one, and a session opens nothing else.',
    label: 'Ecosystem',
    roles: { admin: 'Administrator', member: 'Member', successor: 'Successor' } satisfies Record<Ecosystem['role'], string>,
    plans: { premium: 'Premium', plus: 'Plus' } satisfies Record<Ecosystem['plan'], string>,
    nothing: 'Nothing can be opened here.',
    none: 'There is no ecosystem that could be opened here. End with “Cancel process” and say why.',
    needed: 'Choose an ecosystem.',
    send: (address: string) => `The customer gets an e-mail at ${address} with a code, a matching number and a link to answer.`,
    button: 'Send verification code',
    other: 'Ask for another ecosystem',
    keep: 'Keep this one',
  },

  environments: {
    store: 'Waizant Store',
    web: 'Waizant Web',
    app: 'Waizant App',
    rcm: 'Waizant RCM',
  } satisfies Record<Environment, string>,

  consent: {
    title: 'Customer’s consent',
    explain: (address: string) =>
      `An e-mail is on its way to ${address}. The customer enters the code from it on the page that it links to, and reads the code to you.`,
    /** Where the agent's entry alone is enough. */
    explainAlone: (address: string) => `An e-mail is on its way to ${address}. The customer reads the code from it to you.`,
    page: (address: string) => `The right page begins with ${address}.`,
    matchNumber: 'Matching number',
    matchHint: 'Read it out: the customer sees the same number in the e-mail and on the page.',
    entries: 'Entries',
    customerEntry: 'Customer, on the page',
    agentEntry: 'You, here',
    entered: 'entered',
    waiting: 'waiting',
    field: 'Code that the customer reads to you',
    enter: 'Verify code',
    entriesDone: 'Your entry is in. The session can be started as soon as the customer has entered the code too.',
    given: 'The customer has consented',
    givenExplain: (ecosystem: string) => `You may open ${ecosystem} for five minutes, counted from when you start.`,
    start: 'Start session',
    starting: 'The session is being opened',
    startingHint: 'This takes a few seconds. If it fails, you can start it again.',
  },

  session: {
    title: 'Session',
    open: (customer: string, ecosystem: string) => `You are in ${ecosystem} as ${customer}.`,
    openBy: (agent: string, customer: string, ecosystem: string) => `${agent} is in ${ecosystem} as ${customer}.`,
    left: 'Time left',
    leftHint: 'Nothing extends it. The customer can end it at any moment.',
    environments: 'Environments',
    once: 'Each one opens once.',
    opened: 'Opened',
    over: 'Its five minutes have passed. How it ended follows as soon as the server answers.',
    landings: {
      home: 'Opens on the home page.',
      'my-ecosystem': 'Opens on My Ecosystem.',
      'rcm-dashboard': 'Opens on the RCM dashboard.',
    } satisfies Record<Landing, string>,
    app: 'Opens on a phone, by QR code.',
    mailed: (address: string) => `QR code sent to ${address}`,
    notMailed: 'The QR code could not be sent. If the App is needed: cancel, and ask for consent again.',
    lost: {
      title: 'The links of this session are not in this tab',
      next: 'They are handed out once, to the tab that started the session. Go back to that tab; or, if their answer was lost on its way here, cancel and start another verification.',
    },
    oneMinute: 'One minute left.',
    qrTitle: 'Waizant App',
    qrHint: 'Scan it with the phone’s camera. It opens once, while the session lasts.',
    appOpened: 'Opened. The code opens nothing more.',
    qrAlt: 'QR code that opens the session in the Waizant App',
    back: 'Back to the environments',
  },

  activity: {
    title: 'Activity',
    description: 'What happened in the succession, and in this verification. Each reading is on the record.',
    show: 'Show activity',
    refresh: 'Refresh',
    older: 'Show older',
    empty: 'Nothing has happened yet',
    user: 'User',
    role: 'User role',
    process: 'Process',
    /** Marks what is no process of the successor's. */
    step: 'Step of this verification',
    /** Those that the directory is known to use. */
    statuses: { waiting: 'Waiting', 'in-progress': 'In progress', done: 'Done', rejected: 'Rejected' },
  },

  cancel: {
    button: 'Cancel process',
    title: 'Cancel process',
    explain: 'The verification closes and nothing opens it again. A session that is open ends at once.',
    field: 'Why is it being cancelled?',
    hint: 'The reason stands in the record.',
    count: (used: number) => `${used} of 500 characters`,
    needed: 'Say why: a reason is required.',
    tooLong: 'Keep it within 500 characters.',
    ok: 'OK',
    back: 'Go back',
  },

  closed: {
    outcomes: {
      completed: { title: 'The session is over', next: 'Its five minutes have passed. The customer has been told.' },
      ended: { title: 'The customer ended the session', next: 'It is closed everywhere. If there is more to do, ask the customer first.' },
      cancelled: { title: 'You cancelled the process', next: 'Nothing is open any more.' },
      denied: { title: 'The customer refused', next: 'Nothing was opened. Ask before you try again.' },
      expired: {
        title: 'The verification expired',
        next: 'Nobody did anything for too long. Start another one when the customer is there.',
      },
      locked: {
        title: 'The verification is locked',
        next: 'Too many wrong codes were entered. Start another one, and have the code read digit by digit.',
      },
    } satisfies Record<Outcome, Advice>,
    cancelledBy: (agent: string) => `${agent} cancelled the process`,
    reason: 'Reason',
    another: 'Start another',
  },

  record: {
    title: 'Record',
    at: 'When',
    actor: 'Who',
    action: 'What',
    detail: 'Detail',
    actors: { agent: 'Agent', customer: 'Customer', environment: 'Environment', system: 'System' } satisfies Record<Step['actor'], string>,
    actions: {
      started: 'Customer looked up',
      'agent-code-sent': 'Code sent to the agent',
      'agent-code-refused': 'Agent’s code refused',
      'agent-verified': 'Agent verified',
      'consent-asked': 'Consent asked',
      'consent-code-refused': 'Customer’s code refused',
      'consent-entered': 'First entry of the customer’s code',
      consented: 'Consent given',
      'mail-failed': 'E-mail could not be sent',
      'customer-told': 'Customer told by e-mail',
      'mint-started': 'Session being opened',
      'mint-failed': 'Session could not be opened',
      'session-started': 'Session started',
      'handoff-redeemed': 'Environment opened',
      'app-qr-sent': 'App’s QR code sent to the customer',
      'activity-read': 'Activity read',
      completed: 'Session over',
      ended: 'Ended by the customer',
      cancelled: 'Cancelled by the agent',
      denied: 'Refused by the customer',
      expired: 'Expired',
      locked: 'Locked',
    } satisfies Record<Step['action'], string>,
    /** What stands in the record in English only. */
    details: {
      sending: (n: string, of: string) => `sending ${n} of ${of}`,
      wrongEntry: (n: string, of: string) => `wrong entry ${n} of ${of}`,
      attempt: (n: string) => `attempt ${n}`,
      underGrant: 'with the credentials of a support grant',
      phrases: {
        'consented by support grant': 'consented beforehand, by support grant',
        'to the customer': 'to the customer',
        "the App's QR code": 'the App’s QR code',
        'that his support grant is used': 'that the support grant is used',
        'of the session': 'of the session',
        'how it ended': 'how it ended',
        'the list': 'the list',
        'the list, further back': 'the list, further back',
        'the credentials were replaced': 'the credentials were replaced',
        'the support grant was revoked': 'the support grant was revoked',
      },
    },
  },

  list: {
    /** A supervisor's list has everyone's. */
    title: (everyones: boolean): string => (everyones ? 'Verifications' : 'My verifications'),
    description: 'Newest first.',
    status: 'Status',
    anyStatus: 'Any status',
    customer: 'Customer’s e-mail',
    customerHint: 'The whole address.',
    agent: 'Agent',
    anyAgent: 'Any agent',
    me: 'Me',
    search: 'Search',
    clear: 'Clear filters',
    refresh: 'Refresh',
    empty: 'No verifications',
    emptyHint: 'Start one in Technical Assistance.',
    noMatch: 'Nothing matches these filters',
    noneYet: 'Nothing found so far',
    further: 'Search further',
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
      awaiting_consent: 'Awaiting consent',
      consented: 'Consent given',
      minting: 'Session opening',
      in_session: 'In session',
      closed: 'Closed',
    } satisfies Record<Status, string>,
    outcomes: {
      completed: 'Session over',
      ended: 'Ended by the customer',
      cancelled: 'Cancelled',
      denied: 'Refused by the customer',
      expired: 'Expired',
      locked: 'Locked',
    } satisfies Record<Outcome, string>,
  },

  failures: {
    reference: 'Reference',
    retryIn: 'You can try again in',
    retryNow: 'You can try again now.',
    kinds: {
      'invalid-request': { title: 'Something in the form is not right', next: 'Correct what is marked and send it again.' },
      unauthenticated: {
        title: 'Your sign-in is of no use here',
        next: 'Your e-mail address is not verified, perhaps. Ask your administrator, then sign in again.',
      },
      'not-allowed': {
        title: 'This is not allowed',
        next: 'You cannot support yourself or another agent, nor a customer who is suspended or cannot sign in; and you must be an active member of CustomerService.',
      },
      'unknown-customer': {
        title: 'No customer has this e-mail',
        next: 'Ask the customer which address is registered, and check its spelling.',
      },
      'not-found': { title: 'There is no such verification', next: 'Look for it in your verifications, or start another one.' },
      'wrong-step': { title: 'The verification is at another step', next: 'What you see now is where it stands: go on from here.' },
      conflict: {
        title: 'Somebody changed it at the same moment',
        next: 'Nothing was done. Look at where it stands, and repeat it if it is still wanted.',
      },
      'code-refused': { title: 'The code was refused', next: 'It is wrong, expired or used already. Check it, or have a new one sent.' },
      'environment-refused': {
        title: 'Nothing can be opened there',
        next: 'Choose another ecosystem. In Ecosystem Admin the customer must be its successor.',
      },
      'grant-exists': { title: 'Access is offered already', next: 'Revoke it first, or regenerate its credentials.' },
      'grant-refused': {
        title: 'These credentials open nothing',
        next: 'Check all three with the customer, letter by letter. They may be wrong, revoked, expired, or another agent’s; then the customer has to regenerate them.',
      },
      'too-many-requests': { title: 'Too many requests', next: 'A limit is used up for now. It protects the customer and you.' },
      unavailable: {
        title: 'The service could not finish this',
        next: 'What you see is how far it went. Repeat it: that is safe.',
      },
      offline: { title: 'No connection', next: 'Check your network, then repeat it. The verification stays where it is.' },
      timeout: { title: 'No answer in time', next: 'What you see is how far it went. Repeat it: that is safe.' },
      throttled: { title: 'The service is busy', next: 'Wait a few seconds, then repeat it.' },
      'signed-out': { title: 'Your sign-in has ended', next: 'Sign in again: you come back to where you were.' },
      unexpected: { title: 'Something unexpected happened', next: 'Repeat it; if it stays like this, pass on the reference.' },
    } satisfies Record<FailureKind, Advice>,
    /** Where the place says more than the problem itself. */
    startNotAllowed: {
      title: 'You cannot support this user',
      next: 'It is yourself or somebody who works for support, or you are not an active member of CustomerService. Ask a colleague or your administrator.',
    },
    startLost: (list: string) => `It may have been opened all the same: look in ${list} before you repeat it.`,
    validationNotAllowed: {
      title: 'You are not an authorised agent at the moment',
      next: 'Your user is disabled, or no longer in the group CustomerService. Ask your administrator.',
    },
    offlineNow: 'You are offline. Times go on; everything else is brought up to date as soon as the network is back.',
  },

  /** The customers' page. */
  remote: {
    product: 'Waizant',
    title: 'Remote Assistance Access',
    start: {
      failed: {
        title: 'This page cannot start',
        next: 'Its settings could not be read. Reload the page; if that does not help, tell your support provider.',
      },
      broken: {
        title: 'Something in this page broke',
        next: 'Reload it. An access that is active stays so: you can revoke it then.',
      },
    },
    notSetUp: {
      title: 'Remote assistance is not set up here',
      next: 'Ask your support provider for another way.',
    },
    signIn: {
      description: 'With the e-mail and password of your Waizant account, to give your support provider access to it.',
      refusals: {
        'wrong-credentials': {
          title: 'That did not sign you in',
          next: 'Check the e-mail and the password. After several wrong tries, wait a while.',
        },
        'reset-required': {
          title: 'Your password has to be reset',
          next: 'Choose “Forgot password” where you sign in to Waizant, then come back.',
        },
        'weak-password': {
          title: 'The password was refused',
          next: 'Choose one that meets every rule and that you have not used before.',
        },
        'wrong-code': {
          title: 'The code was refused',
          next: 'Enter the newest one. If it stays like this, see whether your telephone has the right time.',
        },
        'too-many-attempts': { title: 'Too many attempts', next: 'Wait a few minutes, then try again.' },
        'too-late': {
          title: 'The time for this step is over',
          next: 'Sign in again. Nothing is lost: a first password is still the one that you were given.',
        },
        'unknown-challenge': {
          title: 'Your account needs a step that this page does not have',
          next: 'A password, and a code from an app, an e-mail or an SMS, can be entered here and nothing else. Ask your support provider for another way.',
        },
        offline: { title: 'No connection', next: 'Check your network, then try again.' },
        unavailable: {
          title: 'The sign-in service has a fault',
          next: 'Nothing is wrong with what you entered. Try again in a moment.',
        },
        unexpected: {
          title: 'Signing in failed',
          next: 'Try again in a moment; if it stays like this, tell your support provider.',
        },
      } satisfies Record<CognitoRefusal, Advice>,
    },
    form: {
      intro: 'You are about to allow the remote access with your user. Choose the duration, visibility options, then click Confirm.',
      meaning:
        'Whoever has the credentials and is an agent of your support provider can see and do what you can, in sessions of five minutes at most. You are told by e-mail of each, and can end it at once.',
      duration: 'Duration',
      ecosystem: 'Ecosystem',
      ecosystemNeeded: 'Choose an ecosystem.',
      environments: 'What can be opened',
      visibility: 'Visibility options',
      messages: 'Allow to see messages',
      talks: 'Allow to see talks',
      confirm: 'Confirm',
      nothing: {
        title: 'There is nothing to give access to',
        next: 'None of your ecosystems has anything that a support session could open.',
      },
    },
    credentials: {
      title: 'The remote support access has been activated',
      intro: 'Send these credentials to your support provider so that they can login with your user and verify the issue.',
      notice: 'Notice',
      share:
        'Share this information only with your support provider, using the usual communication channels (e.g. mail, helpdesk portal, phone). Do not share this information with third parties.',
      labels: { url: 'URL', userName: 'User Name', password: 'Password', code: 'Security code', timeout: 'Timeout' },
      copy: 'Copy to clipboard',
      copied: 'Copied',
      notCopied: 'The browser did not allow it: select the text and copy it',
      once: 'After closing or reloading this page, the credentials won’t be visible anymore. Be sure to copy them.',
      left: 'Expires in',
    },
    active: {
      title: 'The remote support access is already active',
      expires: 'Expires in',
      at: 'Expires at',
      hidden: 'What stays hidden',
      usedBy: 'Used by',
      nobody: 'Nobody yet',
      gone: 'The credentials themselves cannot be shown again. If you did not copy them, regenerate them.',
      revoke: 'Revoke credentials',
      regenerate: 'Regenerate credentials',
      /** Read out when it comes to be shown. */
      said: 'Remote support access is active.',
    },
    revoking: {
      title: 'Revoke the credentials?',
      explain: 'They are good for nothing from then on, and a session that is open ends at once.',
    },
    regenerating: {
      title: 'Regenerate the credentials?',
      explain:
        'The old ones are good for nothing from then on, whoever has them: you have to send the new ones. They end when the old ones would have. A session that is open goes on; to end it, revoke.',
    },
    back: 'Cancel',
    revoked: 'The credentials are revoked. Nobody can use them any more.',
    failures: {
      'invalid-request': { title: 'Something in the form is not right', next: 'Choose again, and confirm it again.' },
      unauthenticated: { title: 'Your sign-in is of no use here', next: 'Sign out and sign in again with your own Waizant account.' },
      'not-allowed': {
        title: 'You cannot give access',
        next: 'Your account is suspended, perhaps, or belongs to somebody who works for support. Ask your support provider.',
      },
      'not-found': {
        title: 'No access is active any more',
        next: 'It has ended or was revoked, here or elsewhere. You can give access anew.',
      },
      conflict: { title: 'It was changed at the same moment', next: 'What you see is how it stands now. Repeat it if it is still wanted.' },
      'grant-exists': { title: 'Access was active already', next: 'Nothing was changed. Revoke it, or regenerate its credentials.' },
      'environment-refused': { title: 'Nothing can be opened there', next: 'Choose another ecosystem, or ask your support provider.' },
      'too-many-requests': {
        title: 'Too many requests',
        next: 'Credentials can be made only so often in an hour. What is active stays so, and can be revoked.',
      },
      unavailable: {
        title: 'The service could not finish this',
        next: 'What you see is how it stands now. Repeat it if it is still wanted.',
      },
      offline: { title: 'No connection', next: 'Check your network, then look at how it stands and repeat it if it is still wanted.' },
      timeout: {
        title: 'No answer in time',
        next: 'What you see is how it stands now. If access is active and you saw no credentials, regenerate them.',
      },
      throttled: { title: 'The service is busy', next: 'Wait a few seconds, then repeat it.' },
      'signed-out': { title: 'Your sign-in has ended', next: 'Sign in again. What is active stays so.' },
      unexpected: {
        title: 'Something unexpected happened',
        next: 'Repeat it; if it stays like this, tell your support provider the reference.',
      },
    } satisfies Record<CustomersFailureKind, Advice>,
    again: 'Try again',
  },
};

export type Words = typeof en;
