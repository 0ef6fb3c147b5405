import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { setClock } from '../src/clock';
import { attemptsLeft, Failure, refusedFields } from '../src/failure';
import type { Problem, SentCode } from '../src/model';

const NOON = Date.parse('2026-10-28T12:00:00Z');
const code: SentCode = {
  to: 'agent',
  sent_to: 'a***@example.com',
  expires_at: '2026-10-28T12:05:00Z',
  resend_at: '2026-10-28T12:00:30Z',
  attempts_left: 4,
};
const problem = (found: object) => ({ title: '', status: 400, detail: '', request_id: 'r', ...found }) as unknown as Problem;

beforeEach(() => void vi.useFakeTimers({ now: NOON }));
afterEach(() => void vi.useRealTimers());

describe('what was thrown becomes a failure', () => {
  test('that it already is', () => {
    const failure = new Failure('conflict');
    expect(Failure.from(failure)).toBe(failure);
  });

  test('of time, if the call was given up', () => {
    expect(Failure.from(new DOMException('', 'TimeoutError')).kind).toBe('timeout');
  });

  test('of the network, if fetch got no answer', () => {
    expect(Failure.from(new TypeError('Failed to fetch')).kind).toBe('offline');
  });

  test('that nobody expected, otherwise', () => {
    expect(Failure.from(new DOMException('', 'AbortError')).kind).toBe('unexpected');
    expect(Failure.from(new SyntaxError('Unexpected token')).kind).toBe('unexpected');
    expect(Failure.from(undefined).kind).toBe('unexpected');
  });
});

test('the time to try again counts from now, by the server’s clock', () => {
  setClock(NOON / 1000 - 0.5);
  expect(new Failure('too-many-requests', null, 30).retryAt).toBe(NOON + 30_000);
  expect(new Failure('too-many-requests').retryAt).toBeNull();
});

test('the refused fields are those of an invalid request', () => {
  const errors = [
    { field: 'email', detail: 'must be an address' },
    { field: 'ticket', detail: 'is too long' },
  ];
  expect(refusedFields(new Failure('invalid-request', problem({ type: '/problems/invalid-request', errors })))).toEqual([
    'email',
    'ticket',
  ]);
  expect(refusedFields(new Failure('conflict', problem({ type: '/problems/conflict' })))).toEqual([]);
  expect(refusedFields(new Failure('offline'))).toEqual([]);
});

describe('the attempts left', () => {
  const refused = (left: number) => new Failure('code-refused', problem({ type: '/problems/code-refused', attempts_left: left }));

  test('are the code’s own, if nothing was refused', () => {
    expect(attemptsLeft(code, null)).toBe(4);
    expect(attemptsLeft(code, new Failure('timeout'))).toBe(4);
  });

  test('are the refusal’s, if the read after it failed', () => {
    expect(attemptsLeft(code, refused(3))).toBe(3);
  });

  test('are the code’s, if the other side has entered a wrong code since', () => {
    expect(attemptsLeft({ ...code, attempts_left: 2 }, refused(3))).toBe(2);
  });
});
