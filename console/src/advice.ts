/** Advice that fits the place of a failure better than the failure's own. */

import { type CustomersFailureKind, type Failure, MAYBE_DONE, type RecoveryFailureKind } from './failure';
import type { Advice } from './words/advice';
import type { Words } from './words/en';

/** When a verification could not be started. If the answer was lost, the verification may exist. */
export function adviceOnStart({ kind }: Failure, supervisor: boolean, words: Words): Advice | undefined {
  if (!MAYBE_DONE.includes(kind)) return undefined;
  return { title: words.failures.kinds[kind].title, next: words.failures.startLost(words.list.title(supervisor)) };
}

/** What is tried when a password is recovered. */
export type RecoveryAct = 'send' | 'save';

export function adviceOnRecovery(act: RecoveryAct, { kind }: Failure, words: Words): Advice | undefined {
  if (act === 'save' && kind === 'invalid-request') return words.signIn.refusals['weak-password'];
  const own = words.recovery.failures[act];
  return kind in own ? own[kind as RecoveryFailureKind] : undefined;
}

/** When a customer could not offer access. */
export function adviceOnOffer({ kind }: Failure, words: Words): Advice {
  const { failures } = words.remote;
  return kind in failures ? failures[kind as CustomersFailureKind] : failures.unexpected;
}
