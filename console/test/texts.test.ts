/** The texts that depend on where something stands. */

import { describe, expect, test } from 'vitest';
import { adviceOnOffer, adviceOnRecovery, adviceOnStart } from '../src/advice';
import { canBeAsked, chosenEcosystem, describeEcosystem, nameOf } from '../src/customer';
import { Failure } from '../src/failure';
import type { VerificationSummary } from '../src/model';
import { lookOf } from '../src/outcome-looks';
import { adviceOnAct, announce, idleHint } from '../src/verification-words';
import { LANGUAGES } from '../src/words';
import { firstLanguage, localeOf } from '../src/words/language';
import { customer, MASKED, verification } from './samples';

const { en, es } = LANGUAGES;

describe('a customer', () => {
  test('can be asked if the account is active and its sign-in works', () => {
    expect(canBeAsked(customer())).toBe(true);
    expect(canBeAsked(customer({ status: 'suspended' }))).toBe(false);
    expect(canBeAsked(customer({ sign_in: 'reset-required' }))).toBe(false);
  });

  test('is named by the masked address until the agent is verified', () => {
    expect(nameOf(customer())).toBe('Carla Núñez');
    expect(nameOf(MASKED)).toBe('c***@customers.example.com');
  });

  test('has ecosystems by role and plan, and a chosen one by its name', () => {
    expect(customer().ecosystems.map((each) => describeEcosystem(each, en))).toEqual(['Administrator · Premium']);
    expect(chosenEcosystem(verification({ ecosystem: 'eco-bakery' }))).toBe('Panadería Núñez');
    expect(chosenEcosystem(verification({ ecosystem: 'eco-gone' }))).toBe('eco-gone');
    expect(chosenEcosystem(verification({ customer: MASKED, ecosystem: 'eco-bakery' }))).toBe('eco-bakery');
    expect(chosenEcosystem(verification())).toBe('');
  });
});

describe('a move is announced', () => {
  test('to the agent, and in other words to people who only read', () => {
    expect(announce(verification({ status: 'agent_verified' }), true, en)).toBe('You are verified. Choose an ecosystem.');
    expect(announce(verification({ status: 'agent_verified' }), false, en)).toBe('The agent is verified.');
  });

  test('with a support grant in words of its own, where it differs', () => {
    const granted = (status: 'started' | 'consented' | 'in_session') =>
      announce(verification({ module: 'support-grant', status }), true, en);
    expect(granted('started')).toBe('The credentials are correct. Next: Internal Validation.');
    expect(granted('consented')).toContain('beforehand');
    expect(granted('in_session')).toBe('The session is open.');
  });
});

test.each([
  ['agent_verified', true, false, 'if you do nothing.'],
  ['agent_verified', false, false, 'if Ana Rivas does nothing.'],
  ['awaiting_consent', true, false, 'if the customer does nothing.'],
  ['awaiting_consent', false, false, 'if the customer does nothing.'],
  ['awaiting_consent', true, true, 'if you don’t enter the code.'],
  ['awaiting_consent', false, true, 'if Ana Rivas does nothing.'],
  ['consented', true, false, 'if the session is not started.'],
  ['consented', false, true, 'if the session is not started.'],
] as const)('at %s (mine: %s, the agent alone enters the code: %s) it closes %s', (status, mine, alone, hint) => {
  expect(idleHint(verification({ status }), mine, alone, en)).toBe(hint);
});

describe('advice fits the place', () => {
  test('where a verification may have been started although its answer was lost', () => {
    for (const kind of ['offline', 'timeout', 'unavailable'] as const) {
      expect(adviceOnStart(new Failure(kind), false, en)?.next).toContain('My verifications');
      expect(adviceOnStart(new Failure(kind), true, en)?.next).toContain('in Verifications');
    }
    expect(adviceOnStart(new Failure('unknown-customer'), false, en)).toBeUndefined();
  });

  test('where an agent is no longer allowed, or a grant is too short', () => {
    expect(adviceOnAct({ act: 'enter-own', failure: new Failure('not-allowed') }, en)).toBe(en.failures.validationNotAllowed);
    expect(adviceOnAct({ act: 'ask', failure: new Failure('not-allowed') }, en)).toBeUndefined();
    expect(adviceOnAct({ act: 'issue', failure: new Failure('grant-refused') }, en)).toBe(en.grant.tooShort);
    expect(adviceOnAct({ act: 'issue', failure: new Failure('conflict') }, en)).toBeUndefined();
  });

  test('where a password is recovered', () => {
    expect(adviceOnRecovery('save', new Failure('invalid-request'), es)).toBe(es.signIn.refusals['weak-password']);
    expect(adviceOnRecovery('send', new Failure('invalid-request'), es)).toBeUndefined();
    expect(adviceOnRecovery('send', new Failure('timeout'), es)).toBe(es.recovery.failures.send.timeout);
    expect(adviceOnRecovery('save', new Failure('timeout'), es)).toBe(es.recovery.failures.save.timeout);
  });

  test('where a customer offers access, even to a failure that customers are not expected to see', () => {
    expect(adviceOnOffer(new Failure('grant-exists'), en)).toBe(en.remote.failures['grant-exists']);
    expect(adviceOnOffer(new Failure('wrong-step'), en)).toBe(en.remote.failures.unexpected);
  });
});

test('a verification in the list looks like its outcome, or its status', () => {
  const look = (changes: object) => lookOf({ status: 'started', outcome: null, ...changes } as VerificationSummary);
  expect(look({})).toBe('pending');
  expect(look({ status: 'in_session' })).toBe('in-progress');
  expect(look({ status: 'closed', outcome: 'locked' })).toBe('error');
  expect(look({ status: 'closed', outcome: 'completed' })).toBe('success');
});

describe('the language', () => {
  test('is the one chosen before, then the browser’s first that there is, then English', () => {
    expect(firstLanguage('es', ['en-US'])).toBe('es');
    expect(firstLanguage(undefined, ['de-DE', 'es-CO', 'en'])).toBe('es');
    expect(firstLanguage('klingon', ['de'])).toBe('en');
    expect(firstLanguage('constructor', [])).toBe('en');
  });

  test('formats times as the browser’s own region does, where it has that language', () => {
    expect(localeOf('es', ['en-US', 'es-CO', 'es'])).toBe('es-CO');
    expect(localeOf('es', ['en-US'])).toBe('es');
  });
});
