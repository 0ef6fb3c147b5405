/** What the window's title says of a verification, and when its agent is called back to it. */

import { secondsUntil } from './clock';
import { clockFace } from './clock-face';
import { nameOf } from './customer';
import type { Verification } from './model';
import type { Words } from './words/en';

/** The time that is running out: the session's, the code's, or the verification's own. */
function deadlineOf({ status, session, code, expires_at }: Verification): string | null {
  if (status === 'in_session') return session?.expires_at ?? null;
  return code?.expires_at ?? expires_at;
}

/** Customer, step and time left; the time first, so that a narrow tab shows it. `over`: the session has ended by the clock. */
export function titleOf(verification: Verification, over: boolean, words: Words): string {
  const { customer, status, outcome } = verification;
  const step = outcome === null ? (over ? words.list.outcomes.completed : words.list.statuses[status]) : words.list.outcomes[outcome];
  const deadline = outcome !== null || over ? null : deadlineOf(verification);
  const left = deadline === null ? 0 : secondsUntil(deadline);
  return [...(left > 0 ? [clockFace(left)] : []), nameOf(customer), step].join(' · ');
}

/** What the agent is called back for: the customer has entered the code, or everything is ready for the session. Null if for nothing. */
export function callOf(before: Verification | null, now: Verification): 'entered' | 'authorized' | null {
  if (before === null || before.id !== now.id) return null;
  if (before.status === 'awaiting_consent' && now.status === 'consented') return before.consent?.agent_entered ? 'authorized' : null;
  const entered = now.consent?.customer_entered && !before.consent?.customer_entered;
  return now.status === 'awaiting_consent' && entered ? 'entered' : null;
}
