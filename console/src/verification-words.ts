/** The texts that depend on where a verification stands. */

import type { Verification } from './model';
import type { FailedAct } from './process';
import type { Advice } from './words/advice';
import type { Words } from './words/en';

/** What screen readers announce when a verification has moved. */
export function announce({ module, status }: Pick<Verification, 'module' | 'status'>, mine: boolean, words: Words): string {
  if (!mine) return words.process.anothersMoved[status];
  if (module === 'support-grant' && (status === 'started' || status === 'consented')) return words.grant.moved[status];
  return words.process.moved[status];
}

/** Whose inactivity closes the verification. `agentAlone`: the agent's entry of the customer's code is enough. */
export function idleHint(
  { status, agent }: Pick<Verification, 'status' | 'agent'>,
  mine: boolean,
  agentAlone: boolean,
  words: Words,
): string {
  const hints = words.process.idleHint;
  if (status === 'consented') return hints.start;
  if (status === 'awaiting_consent' && !agentAlone) return hints.customer;
  if (!mine) return hints.another(agent.name);
  return status === 'awaiting_consent' ? hints.entry : hints.agent;
}

/** Advice that fits a failed act better than the failure's own. */
export function adviceOnAct({ act, failure }: FailedAct, words: Words): Advice | undefined {
  if (act === 'enter-own' && failure.kind === 'not-allowed') return words.failures.validationNotAllowed;
  if (act === 'issue' && failure.kind === 'grant-refused') return words.grant.tooShort;
  return undefined;
}
