import type { CognitoRefusal } from '../../cognito-refusal';
import type { CustomersFailureKind } from '../../failure';
import type { Advice } from '../advice';

/** The customers' page. */
export const remote = {
  product: 'Waizant',
  title: 'Remote Assistance Access',
  start: {
    failed: {
      title: 'This page cannot start',
      next: 'Its settings could not be read. Reload the page. If this happens again, tell your support provider.',
    },
    broken: {
      title: 'Something went wrong on this page',
      next: 'Reload it. If access is active, it stays active, and you can revoke it after the reload.',
    },
  },
  notSetUp: {
    title: 'Remote assistance is not available here',
    next: 'Ask your support provider for another way.',
  },
  signIn: {
    description: 'Use the email address and password of your Waizant account to give your support provider access to it.',
    refusals: {
      'wrong-credentials': {
        title: 'Sign-in failed',
        next: 'Check the email address and the password. After several failed attempts, wait a while.',
      },
      'reset-required': {
        title: 'Your password must be reset',
        next: 'Choose “Forgot password” where you sign in to Waizant, then come back.',
      },
      'weak-password': {
        title: 'The password was not accepted',
        next: 'Choose one that meets every rule and that you have not used before.',
      },
      'wrong-code': {
        title: 'The code was not accepted',
        next: 'Enter the newest code. If this happens again, check the time on your phone.',
      },
      'too-many-attempts': { title: 'Too many attempts', next: 'Wait a few minutes, then try again.' },
      'too-late': {
        title: 'This step has timed out',
        next: 'Sign in again. If you were given a first password, it is still valid.',
      },
      'unknown-challenge': {
        title: 'Your account needs a step that this page doesn’t support',
        next: 'The page supports a password, and a code from an app, by email or by SMS. Ask your support provider for another way.',
      },
      offline: { title: 'No connection', next: 'Check your network, then try again.' },
      unavailable: {
        title: 'The sign-in service is not available',
        next: 'Your entries were not checked. Try again in a moment.',
      },
      unexpected: {
        title: 'Sign-in failed',
        next: 'Try again in a moment. If this happens again, tell your support provider.',
      },
    } satisfies Record<CognitoRefusal, Advice>,
  },
  form: {
    intro: 'You are about to allow remote access to your account. Choose the duration and the visibility options, then click Confirm.',
    meaning:
      'An agent of your support provider who has the credentials can see what you can, in sessions of at most five minutes, and change it if you allow that here. You will get an email about each session, and can end it immediately.',
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
      next: 'A support session cannot open anything in your ecosystems.',
    },
  },
  credentials: {
    title: 'The remote support access has been activated',
    intro: 'Send these credentials to your support provider so that they can access your account and check the issue.',
    notice: 'Notice',
    share:
      'Share this information only with your support provider, through the usual communication channels (for example, email, helpdesk portal or phone). Do not share it with third parties.',
    labels: { url: 'URL', userName: 'User Name', password: 'Password', code: 'Security code', timeout: 'Timeout' },
    copy: 'Copy to clipboard',
    copied: 'Copied',
    notCopied: 'The browser didn’t allow it. Select the text and copy it.',
    once: 'After you close or reload this page, the credentials will no longer be visible. Be sure to copy them.',
    left: 'Expires in',
  },
  active: {
    title: 'The remote support access is already active',
    expires: 'Expires in',
    at: 'Expires at',
    hidden: 'What stays hidden',
    usedBy: 'Used by',
    nobody: 'Nobody yet',
    gone: 'The credentials cannot be shown again. If you didn’t copy them, regenerate them.',
    revoke: 'Revoke credentials',
    regenerate: 'Regenerate credentials',
    /** Announced when this view appears. */
    said: 'Remote support access is active.',
  },
  session: {
    title: (agent: string) => `${agent} is in your account`,
    environments: 'Where',
    left: 'Time left',
    end: 'End the session',
    explain: 'Ending the session also revokes the credentials, so nobody can enter with them again.',
  },
  revoking: {
    title: 'Revoke the credentials?',
    explain: 'They stop working immediately. If a session is open, it ends immediately, too.',
  },
  regenerating: {
    title: 'Regenerate the credentials?',
    explain:
      'The old credentials stop working for everyone who has them, so you have to send the new ones. The new ones expire when the old ones would have. If a session is open, it continues; to end it, revoke the credentials.',
  },
  back: 'Cancel',
  revoked: 'The credentials have been revoked. Nobody can use them any more.',
  failures: {
    'invalid-request': { title: 'Some entries are not valid', next: 'Choose again, then confirm.' },
    unauthenticated: {
      title: 'Your sign-in was not accepted',
      next: 'Sign out, then sign in again with your own Waizant account.',
    },
    'not-allowed': {
      title: 'You cannot give access',
      next: 'Your account may be suspended, or belong to a support agent. Ask your support provider.',
    },
    'not-found': { title: 'No access is active any more', next: 'It has ended or was revoked. You can give access again.' },
    conflict: { title: 'It was changed at the same moment', next: 'You see its current state. Try again if you still need to.' },
    'grant-exists': { title: 'Access was already active', next: 'Nothing was changed. Revoke it, or regenerate its credentials.' },
    'environment-refused': { title: 'Nothing can be opened there', next: 'Choose another ecosystem, or ask your support provider.' },
    'too-many-requests': {
      title: 'Too many requests',
      next: 'You can create credentials only a few times per hour. Active access stays active, and you can revoke it.',
    },
    unavailable: { title: 'The service could not finish this', next: 'You see its current state. Try again if you still need to.' },
    'other-version': {
      title: 'The service is being updated',
      next: 'Nothing was changed. Try again in a minute; if that does not help, tell your support provider.',
    },
    offline: {
      title: 'No connection',
      next: 'Check your network, then check the current state. Try again if you still need to.',
    },
    timeout: {
      title: 'No answer in time',
      next: 'You see its current state. If access is active and you saw no credentials, regenerate them.',
    },
    throttled: { title: 'The service is busy', next: 'Wait a few seconds, then try again.' },
    'signed-out': { title: 'Your sign-in has ended', next: 'Sign in again. Active access stays active.' },
    unexpected: {
      title: 'Something went wrong',
      next: 'Try again. If this happens again, tell your support provider the reference.',
    },
  } satisfies Record<CustomersFailureKind, Advice>,
  again: 'Try again',
};
