import type { FailureKind } from '../../failure';
import type { Advice } from '../advice';

export const failures = {
  reference: 'Reference',
  retryIn: 'You can try again in',
  retryNow: 'You can try again now.',
  kinds: {
    'invalid-request': { title: 'Some entries are not valid', next: 'Correct the marked fields and send the form again.' },
    unauthenticated: {
      title: 'Your sign-in was not accepted',
      next: 'Your email address may not be verified. Ask your administrator, then sign in again.',
    },
    'not-allowed': {
      title: 'This is not allowed',
      next: 'You must be an active member of CustomerService. You cannot support yourself, another agent, or a customer who is suspended or cannot sign in.',
    },
    'unknown-customer': {
      title: 'No customer has this email address',
      next: 'Ask the customer which address is registered, and check its spelling.',
    },
    'not-found': { title: 'This verification doesn’t exist', next: 'Look for it in your verifications, or start another.' },
    'wrong-step': { title: 'The verification is at another step', next: 'You now see its current state. Continue from here.' },
    conflict: {
      title: 'Somebody else changed it at the same moment',
      next: 'Nothing was done. Check its current state, and try again if you still need to.',
    },
    'unreadable-record': {
      title: 'The customer’s record cannot be read',
      next: 'Trying again does not help. Ask those who maintain the customer directory to correct the record, and give them the reference.',
    },
    'code-refused': { title: 'The code was not accepted', next: 'It is wrong, expired or already used. Check it, or request a new one.' },
    'environment-refused': {
      title: 'Nothing can be opened there',
      next: 'Choose another ecosystem. In Ecosystem Admin the customer must be its successor.',
    },
    'grant-exists': { title: 'Access has already been offered', next: 'Revoke it first, or regenerate its credentials.' },
    'grant-refused': {
      title: 'These credentials were not accepted',
      next: 'Check all three with the customer, letter by letter. They may be mistyped, revoked, expired, or in use by another agent. In that case the customer has to regenerate them.',
    },
    'too-many-requests': {
      title: 'Too many requests',
      next: 'You have reached a limit that protects the customer and you.',
    },
    unavailable: {
      title: 'The service could not finish this',
      next: 'You see how far it got. It is safe to try again.',
    },
    'other-version': {
      title: 'A newer version of the service wrote this',
      next: 'The version that answered cannot read it, and changed nothing. Try again in a minute; if that does not help, tell your administrator.',
    },
    offline: { title: 'No connection', next: 'Check your network, then try again. The verification keeps its state.' },
    timeout: { title: 'No answer in time', next: 'You see how far it got. It is safe to try again.' },
    throttled: { title: 'The service is busy', next: 'Wait a few seconds, then try again.' },
    'signed-out': { title: 'Your sign-in has ended', next: 'Sign in again to return to where you were.' },
    unexpected: { title: 'Something went wrong', next: 'Try again. If this happens again, report it with the reference.' },
  } satisfies Record<FailureKind, Advice>,
  /** Where the place says more than the problem itself. */
  startNotAllowed: {
    title: 'You cannot support this customer',
    next: 'The address is your own or another agent’s, or you are not an active member of CustomerService. Ask a colleague or your administrator.',
  },
  startLost: (list: string) => `The verification may have been opened. Look in ${list} before you try again.`,
  validationNotAllowed: {
    title: 'You are not an authorized agent at the moment',
    next: 'Your account is disabled or no longer in the group CustomerService. Ask your administrator.',
  },
  offlineNow: 'You are offline. The countdowns continue. Everything else is updated as soon as the network is back.',
};
