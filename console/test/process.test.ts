import { describe, expect, test } from 'vitest';
import { Failure } from '../src/failure';
import type { Status } from '../src/model';
import { isComplete, isOvertaken, isToldElsewhere, looksFor, mayLookNow, needsTelling, pauseBeforeLook } from '../src/process';
import { steps, verification } from './samples';

const NOON = Date.parse('2026-10-28T12:00:00Z');
const at = { now: NOON, movedAt: NOON, hidden: false };
const due = (status: Status, seconds: number) => verification({ status, expires_at: new Date(NOON + seconds * 1000).toISOString() });

describe('the record is complete', () => {
  test('only once the verification is closed', () => {
    expect(isComplete(verification({ status: 'in_session', steps: steps('started', 'consent-asked', 'customer-told') }))).toBe(false);
  });

  test('without a notice, if the customer was never asked', () => {
    expect(isComplete(verification({ status: 'closed', outcome: 'cancelled', steps: steps('started', 'cancelled') }))).toBe(true);
  });

  test('not before its end is recorded', () => {
    expect(isComplete(verification({ status: 'closed', outcome: 'expired', steps: steps('started') }))).toBe(false);
  });

  test('not before the customer who was asked is told of the end', () => {
    const asked = steps('started', 'consent-asked', 'customer-told', 'denied');
    expect(isComplete(verification({ status: 'closed', outcome: 'denied', steps: asked }))).toBe(false);
    expect(isComplete(verification({ status: 'closed', outcome: 'denied', steps: [...asked, ...steps('customer-told')] }))).toBe(true);
  });

  test('not before the notice, where the customer offered the access and was never asked', () => {
    const closed = verification({ module: 'support-grant', status: 'closed', outcome: 'cancelled', steps: steps('started', 'cancelled') });
    expect(isComplete(closed)).toBe(false);
    expect(isComplete({ ...closed, steps: [...closed.steps, ...steps('customer-told')] })).toBe(true);
  });
});

describe('an answer is out of date', () => {
  const known = verification({ status: 'agent_verified', steps: steps('started', 'agent-code-sent', 'agent-verified') });

  test('if it has fewer steps than are known', () => {
    expect(isOvertaken(verification({ steps: steps('started', 'agent-code-sent') }), known)).toBe(true);
  });

  test('if it is open although the verification is known to be closed', () => {
    expect(isOvertaken(known, { ...known, status: 'closed' })).toBe(true);
  });

  test('not if it has as many steps or more, or nothing is known', () => {
    expect(isOvertaken(known, known)).toBe(false);
    expect(isOvertaken({ ...known, steps: [...known.steps, ...steps('consent-asked')] }, known)).toBe(false);
    expect(isOvertaken(known, null)).toBe(false);
  });
});

describe('the pause before the next read', () => {
  test.each<[Status, number, number, number]>([
    ['started', 15_000, 30_000, 60_000],
    ['agent_challenged', 15_000, 30_000, 60_000],
    ['agent_verified', 15_000, 30_000, 60_000],
    ['awaiting_consent', 2000, 6000, 6000],
    ['consented', 10_000, 30_000, 60_000],
    ['minting', 2000, 2000, 2000],
    ['in_session', 10_000, 30_000, 60_000],
    ['closed', 15_000, 15_000, 15_000],
  ])('with the status %s is %i ms at first, %i ms after ten minutes, and %i ms while nobody looks', (status, first, most, hidden) => {
    expect(pauseBeforeLook(due(status, 900), null, at)).toBe(first);
    expect(pauseBeforeLook(due(status, 900), null, { ...at, movedAt: NOON - 600_000 })).toBe(most);
    expect(pauseBeforeLook(due(status, 900), null, { ...at, hidden: true })).toBe(hidden);
  });

  test('grows with the time since the verification moved', () => {
    expect(pauseBeforeLook(due('awaiting_consent', 600), null, { ...at, movedAt: NOON - 12_000 })).toBe(4000);
  });

  test('ends just after a deadline that comes earlier, even while nobody looks', () => {
    expect(pauseBeforeLook(due('started', 3), null, at)).toBe(3200);
    expect(pauseBeforeLook(due('in_session', 1), null, { ...at, hidden: true })).toBe(1200);
  });

  test('is short when the deadline has passed and the server has not said so yet', () => {
    expect(pauseBeforeLook(due('started', -5), null, at)).toBe(2000);
  });

  test('is short when there is no deadline', () => {
    expect(pauseBeforeLook(verification({ status: 'started', expires_at: null }), null, at)).toBe(2000);
  });

  test('is four seconds after a failure', () => {
    expect(pauseBeforeLook(due('in_session', 600), new Failure('offline'), at)).toBe(4000);
    expect(pauseBeforeLook(null, new Failure('timeout'), at)).toBe(4000);
  });

  test('is as long as the server asked for', () => {
    const busy = new Failure('throttled', null, 30);
    expect(pauseBeforeLook(null, busy, { ...at, now: (busy.retryAt ?? 0) - 30_000 })).toBe(30_000);
  });
});

test('a page that is looked at again reads at once, but not earlier than the server said', () => {
  expect(mayLookNow(null, NOON)).toBe(true);
  expect(mayLookNow(new Failure('offline'), NOON)).toBe(true);
  const busy = new Failure('throttled', null, 30);
  expect(mayLookNow(busy, (busy.retryAt ?? 0) - 1)).toBe(false);
  expect(mayLookNow(busy, busy.retryAt ?? 0)).toBe(true);
});

test('an open verification is read for as long as it is open, a closed one twelve times', () => {
  expect(looksFor('awaiting_consent')).toBe(Number.POSITIVE_INFINITY);
  expect(looksFor(undefined)).toBe(Number.POSITIVE_INFINITY);
  expect(looksFor('closed')).toBe(12);
});

describe('a failed act', () => {
  test.each(['wrong-step', 'code-refused', 'conflict'] as const)('that ended in %s is explained by a move', (kind) => {
    expect(needsTelling(new Failure(kind), true)).toBe(false);
    expect(needsTelling(new Failure(kind), false)).toBe(true);
  });

  test.each(['offline', 'timeout', 'unavailable', 'not-allowed'] as const)('that ended in %s is told even after a move', (kind) => {
    expect(needsTelling(new Failure(kind), true)).toBe(true);
  });

  test('is told in the dialog, if it is a cancel and the dialog is still open', () => {
    const failed = { act: 'cancel', failure: new Failure('offline') } as const;
    expect(isToldElsewhere(failed, 'started', true)).toBe(true);
    expect(isToldElsewhere(failed, 'closed', false)).toBe(false);
  });

  test('is told at the field, if it is a refused code', () => {
    expect(isToldElsewhere({ act: 'enter-own', failure: new Failure('code-refused') }, 'agent_challenged', true)).toBe(true);
  });

  test('is told on the session’s own screen, if the session started although its answer was lost', () => {
    const failed = { act: 'issue', failure: new Failure('timeout') } as const;
    expect(isToldElsewhere(failed, 'in_session', true)).toBe(true);
    expect(isToldElsewhere(failed, 'consented', true)).toBe(false);
  });
});
