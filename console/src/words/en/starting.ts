import type { Module } from '../../model';

export const modules = {
  'technical-assistance': {
    title: 'Technical Assistance',
    description:
      'Look up a customer by the email address that is registered with Waizant. You see nothing before you are verified, and nothing opens without the customer’s authorization.',
    customer: 'Customer',
  },
  'ecosystem-admin': {
    title: 'Ecosystem Admin',
    description:
      'For the successor, who has received an ecosystem: the activity of the succession, and a session. You see nothing before you are verified, and nothing opens without the successor’s authorization.',
    customer: 'Successor',
  },
  'support-grant': {
    title: 'Support Grant',
    description:
      'For credentials that a customer created and gave to you, to authorize the access beforehand. You see nothing before you are verified.',
    customer: 'Customer',
  },
} satisfies Record<Module, { title: string; description: string; customer: string }>;

export const lookUp = {
  email: 'User email',
  emailHint: 'The complete address, as the customer registered it.',
  emailWrong: 'Enter an email address, such as name@example.com.',
  ticket: 'Ticket',
  ticketHint: 'The number of the case in your ticket system. It appears in the record and in the email to the customer.',
  ticketWrong: 'Use up to 64 letters and digits, and the signs - _ . / #, without spaces or accents.',
  optional: '– optional',
  button: 'Start Verification Process',
};

export const redeem = {
  userName: 'User Name',
  password: 'Password',
  code: 'Security code',
  pasteHint: 'Paste everything that the customer copied into any field: it fills in all three.',
  pasted: 'All three fields are filled in.',
  userNameWrong: 'Enter the user name that the customer gave you.',
  passwordWrong: 'Enter the password that the customer gave you.',
  button: 'Start Verification Process',
  open: {
    title: 'A verification with these credentials is already open',
    next: 'Only one can be open at a time. Continue with it, or cancel it first. You find it in your verifications.',
  },
};
