import { describe, expect, test } from 'vitest';
import type { Step, Verification } from '../src/model';
import { undelivered } from '../src/returned-emails';

function step(action: Step['action'], detail: Step['detail'] = null): Step {
  return { seq: 1, at: '2026-10-28T09:15:00Z', actor: 'system', action, detail };
}

const asked = (number: number) => step('consent-asked', { kind: 'consent-request', ecosystem: 'eco-1', number, of: 5 });
const returned = (number: number) => step('email-undelivered', { kind: 'email', email: 'consent-request', number });

function of(status: Verification['status'], ...steps: Step[]) {
  return undelivered({ status, steps });
}

describe('an email that came back', () => {
  test('is said while it is waited for', () => {
    expect(of('awaiting_consent', asked(1))).toEqual([]);
    expect(of('awaiting_consent', asked(1), returned(1))).toEqual(['consent-request']);
    expect(of('consented', asked(1), returned(1))).toEqual([]);
  });

  test('is not said of the one that was sent since', () => {
    expect(of('awaiting_consent', asked(1), returned(1), asked(2))).toEqual([]);
    expect(of('awaiting_consent', asked(1), asked(2), returned(1))).toEqual([]);
    expect(of('awaiting_consent', asked(1), asked(2), returned(2))).toEqual(['consent-request']);
  });

  test('is said once, and only if it reached nobody', () => {
    const start = step('email-undelivered', { kind: 'email', email: 'session-started' });
    expect(of('in_session', start, start)).toEqual(['session-started']);
    expect(of('in_session', step('email-reported', { kind: 'email', email: 'session-started' }))).toEqual([]);
    expect(of('in_session', step('email-undelivered', 'a text of long ago'))).toEqual([]);
  });
});
