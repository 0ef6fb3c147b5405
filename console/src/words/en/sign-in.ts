import type { CognitoRefusal } from '../../cognito-refusal';
import type { RecoveryFailureKind } from '../../failure';
import type { Advice } from '../advice';

export const signIn = {
  title: 'Sign in',
  description: 'For Waizant’s support agents.',
  email: 'Email address',
  password: 'Password',
  button: 'Sign in',
  ended: 'Your sign-in has ended. Sign in again to return to where you were.',
  needed: 'Enter your email address and your password.',
  firstPassword: {
    title: 'Choose your password',
    description: 'An administrator set your first password. Choose one that only you know.',
    button: 'Save and sign in',
  },
  secondFactor: {
    title: 'Enter your second factor',
    from: (sentTo: string | undefined): string =>
      sentTo === undefined ? 'Open your authenticator app and enter the code that it shows.' : `Enter the code that we sent to ${sentTo}.`,
    code: 'Code',
    incomplete: 'Enter all digits of the code.',
    button: 'Sign in',
  },
  authenticator: {
    title: 'Set up your second factor',
    description:
      'To sign in, you need your password and a code from an authenticator app. Scan this QR code with the app on your phone, then enter the code that it shows.',
    picture: 'QR code for your authenticator app',
    key: 'If you can’t scan it, enter this key in the app',
    button: 'Save and sign in',
    open: 'Open in an authenticator app on this device',
    copy: 'Copy the key',
  },
  show: 'Show what I type',
  refusals: {
    'wrong-credentials': {
      title: 'Sign-in failed',
      next: 'Check the email address and the password. After several failed attempts your account is locked for a while. If it stays locked, ask your administrator whether it is disabled.',
    },
    'reset-required': {
      title: 'Your password must be reset',
      next: 'Choose “Forgot password?” and set a new one.',
    },
    'weak-password': {
      title: 'The password was not accepted',
      next: 'Choose one that meets every rule and that you have not used before.',
    },
    'wrong-code': {
      title: 'The code was not accepted',
      next: 'Enter the newest code. If this happens again, check the time on your phone.',
    },
    'too-many-attempts': {
      title: 'Too many attempts',
      next: 'Wait a few minutes, then try again.',
    },
    'too-late': {
      title: 'This step has timed out',
      next: 'Sign in again. If an administrator gave you a first password, it is still valid.',
    },
    'unknown-challenge': {
      title: 'Your account needs a step that this console doesn’t support',
      next: 'Ask your administrator. The console supports a password, and a code from an app, by email or by SMS.',
    },
    offline: {
      title: 'No connection',
      next: 'Check your network, then try again.',
    },
    unavailable: {
      title: 'The sign-in service is not available',
      next: 'Your entries were not checked. Try again in a moment.',
    },
    unexpected: {
      title: 'Sign-in failed',
      next: 'Try again in a moment. If this happens again, tell your administrator.',
    },
  } satisfies Record<CognitoRefusal, Advice>,
  notAllowed: {
    title: 'You are not in the group CustomerService',
    next: 'Only its members can support customers. Ask your administrator to add you, then sign in again.',
  },
};

export const newPassword = {
  field: 'New password',
  again: 'Confirm new password',
  differ: 'The two passwords don’t match.',
  weak: 'The password doesn’t meet every rule yet.',
  title: 'A password needs',
  met: 'met',
  missing: 'missing',
  rules: {
    length: 'at least 8 characters',
    upper: 'an uppercase letter',
    lower: 'a lowercase letter',
    number: 'a number',
    special: 'a special character, such as ! @ # $ % & *',
    'no-spaces': 'no spaces',
  },
};

export const recovery = {
  link: 'Forgot password?',
  change: 'Change password',
  leaves: 'Once it is changed, you sign in again with the new one, in every tab.',
  title: 'Reset your password',
  description: 'We send you a code by email. Use it to choose a new password.',
  send: 'Send code',
  back: 'Back to sign-in',
  sent: (email: string) => `If ${email} belongs to an agent, a code is on its way. It is valid for an hour.`,
  code: 'Write your password reset code',
  save: 'Save new password',
  other: 'Use another email address',
  locked:
    'The code is wrong, expired or already used, and no attempts are left. For 15 minutes no code is accepted for this email address. Wait, then request a new one.',
  failures: {
    send: {
      offline: { title: 'No connection', next: 'Check your network, then request the code again.' },
      timeout: {
        title: 'No answer in time',
        next: 'The code may be on its way. Check your inbox before you request another.',
      },
      'too-many-requests': {
        title: 'Too many requests',
        next: 'The number of codes per hour is limited. The last code that reached you is valid for an hour.',
      },
      throttled: { title: 'The service is busy', next: 'Wait a few seconds, then request the code again.' },
      unavailable: { title: 'The service could not send the code', next: 'Request it again in a moment.' },
    },
    save: {
      offline: {
        title: 'No answer',
        next: 'Check your network. Your password may have changed: first try to sign in with the new one.',
      },
      timeout: {
        title: 'No answer in time',
        next: 'Your password may have changed: first try to sign in with the new one.',
      },
      'too-many-requests': {
        title: 'Too many attempts',
        next: 'For a while no code is accepted for this email address. Wait, then request a new one.',
      },
      throttled: { title: 'The service is busy', next: 'Wait a few seconds, then save the password again.' },
      unavailable: {
        title: 'The service could not finish this',
        next: 'Your password may have changed: first try to sign in with the new one. If the code is refused now, request another.',
      },
    },
  } satisfies Record<string, Record<RecoveryFailureKind, Advice>>,
  done: 'Your password has been changed',
  doneExplain: 'Sign in with the new one. All sign-ins with the old one have ended.',
};
