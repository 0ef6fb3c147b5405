import { expect, test } from 'vitest';
import type { Status, Step } from '../src/model';
import { stagesOf } from '../src/progress';
import { steps, verification } from './samples';

const states = (found: ReturnType<typeof stagesOf>) => found.map(({ stage, state }) => `${stage}: ${state}`);

test.each<[Status, string[]]>([
  ['started', ['lookUp: done', 'validation: now', 'consent: open', 'session: open']],
  ['agent_challenged', ['lookUp: done', 'validation: now', 'consent: open', 'session: open']],
  ['agent_verified', ['lookUp: done', 'validation: done', 'consent: now', 'session: open']],
  ['awaiting_consent', ['lookUp: done', 'validation: done', 'consent: now', 'session: open']],
  ['consented', ['lookUp: done', 'validation: done', 'consent: done', 'session: now']],
  ['minting', ['lookUp: done', 'validation: done', 'consent: done', 'session: now']],
  ['in_session', ['lookUp: done', 'validation: done', 'consent: done', 'session: now']],
])('the stages at %s', (status, expected) => {
  expect(states(stagesOf(verification({ status }), false))).toEqual(expected);
});

test.each<[Step['action'][], string[]]>([
  [
    ['started', 'cancelled'],
    ['lookUp: done', 'validation: stopped', 'consent: stopped', 'session: stopped'],
  ],
  [
    ['started', 'agent-verified', 'consent-asked', 'denied'],
    ['lookUp: done', 'validation: done', 'consent: stopped', 'session: stopped'],
  ],
  [
    ['started', 'agent-verified', 'consented', 'expired'],
    ['lookUp: done', 'validation: done', 'consent: done', 'session: stopped'],
  ],
  [
    ['started', 'agent-verified', 'consented', 'session-started', 'ended'],
    ['lookUp: done', 'validation: done', 'consent: done', 'session: done'],
  ],
])('a verification closed after %j keeps the stages that it reached', (actions, expected) => {
  expect(states(stagesOf(verification({ status: 'closed', steps: steps(...actions) }), false))).toEqual(expected);
});

test('with a support grant there is no stage for the authorization, which came first', () => {
  const granted = (status: Status) => states(stagesOf(verification({ module: 'support-grant', status }), false));
  expect(granted('started')).toEqual(['credentials: done', 'validation: now', 'session: open']);
  expect(granted('consented')).toEqual(['credentials: done', 'validation: done', 'session: now']);
});

test('a session that is over by the clock has all stages done, before the server says so', () => {
  expect(stagesOf(verification({ status: 'in_session' }), true).every(({ state }) => state === 'done')).toBe(true);
  expect(stagesOf(verification({ module: 'support-grant', status: 'in_session' }), true).every(({ state }) => state === 'done')).toBe(true);
});
