import { describe, expect, test } from 'vitest';
import { detailOf, hasActivity, statusOf, titleOf } from '../src/activity';
import { wasOpened } from '../src/handoffs';
import type { ActivityItem, Step, StepFacts } from '../src/model';
import { factsInWords } from '../src/step-detail';
import { LANGUAGES } from '../src/words';
import { customer, MASKED, steps, verification } from './samples';

const { en, es } = LANGUAGES;
const GRANT = 'BBBBBBBBBBBBBBBBBBBBBB';

/** Every kind that the contract has. A new one does not compile until it stands here. */
const KINDS: { [Kind in StepFacts['kind']]: [facts: StepFacts & { kind: Kind }, english: string, spanish: string] } = {
  'support-grant': [
    { kind: 'support-grant', id: GRANT },
    'with the credentials of a support grant',
    'con las credenciales de un acceso ofrecido',
  ],
  sending: [{ kind: 'sending', number: 1, of: 5 }, 'code 1 of at most 5', 'código 1 de un máximo de 5'],
  'consent-request': [
    { kind: 'consent-request', ecosystem: 'eco-bakery', access: 'change', number: 2, of: 5 },
    'Panadería Núñez, to view and change, code 2 of at most 5',
    'Panadería Núñez, para ver y cambiar, código 2 de un máximo de 5',
  ],
  'access-narrowed': [{ kind: 'access-narrowed', access: 'view' }, 'to view only', 'solo para ver'],
  'wrong-entry': [{ kind: 'wrong-entry', number: 3, of: 5 }, 'wrong entry 3 of 5', 'código incorrecto 3 de 5'],
  'consented-by-grant': [
    { kind: 'consented-by-grant' },
    'authorized beforehand, by support grant',
    'autorización dada de antemano, con el acceso ofrecido',
  ],
  email: [
    { kind: 'email', email: 'consent-request', number: 2 },
    'the request for authorization, sending 2',
    'la solicitud de autorización, envío 2',
  ],
  attempt: [{ kind: 'attempt', number: 2 }, 'attempt 2', 'intento 2'],
  session: [
    { kind: 'session', ecosystem: 'eco-bakery', environments: ['store', 'rcm'] },
    'Panadería Núñez: Waizant Store, Waizant RCM',
    'Panadería Núñez: Waizant Store, Waizant RCM',
  ],
  environment: [{ kind: 'environment', environment: 'web' }, 'Waizant Web', 'Waizant Web'],
  'app-qr': [{ kind: 'app-qr' }, 'QR code for the App', 'código QR de la App'],
  'activity-list': [{ kind: 'activity-list', continued: false }, 'the list', 'la lista'],
  'activity-item': [{ kind: 'activity-item', id: 'p-17' }, 'item p-17', 'elemento p-17'],
  notice: [{ kind: 'notice', notice: 'start' }, 'start of the session', 'inicio de la sesión'],
  'credentials-replaced': [{ kind: 'credentials-replaced' }, 'the credentials were replaced', 'se reemplazaron las credenciales'],
  'grant-revoked': [{ kind: 'grant-revoked' }, 'the support grant was revoked', 'se revocó el acceso ofrecido'],
};

test.each(Object.entries(KINDS))('the facts of the kind “%s” are said in both languages', (_, [facts, english, spanish]) => {
  expect(factsInWords(facts, customer(), en)).toBe(english);
  expect(factsInWords(facts, customer(), es)).toBe(spanish);
});

test('a request of before there was a choice says nothing of it', () => {
  const facts = { kind: 'consent-request', ecosystem: 'eco-bakery', number: 1, of: 5 } as const;
  expect(factsInWords(facts, customer(), en)).toBe('Panadería Núñez, code 1 of at most 5');
});

test('each notice has its own words', () => {
  const said = (['grant_used', 'start', 'close'] as const).map((notice) => factsInWords({ kind: 'notice', notice }, customer(), en));
  expect(said).toEqual(['use of the support grant', 'start of the session', 'end of the verification']);
});

test('an older page of the activity is told apart from the first', () => {
  expect(factsInWords({ kind: 'activity-list', continued: true }, customer(), en)).toBe('an older page of the list');
});

test('an ecosystem is named by its id, if the customer is masked or no longer has it', () => {
  const facts = { kind: 'consent-request', ecosystem: 'eco-gone', number: 1, of: 5 } as const;
  expect(factsInWords(facts, customer(), en)).toBe('eco-gone, code 1 of at most 5');
  expect(factsInWords({ ...facts, ecosystem: 'eco-bakery' }, MASKED, en)).toBe('eco-bakery, code 1 of at most 5');
});

test('facts of a kind that only a newer server has are passed over', () => {
  expect(factsInWords({ kind: 'tomorrow' } as unknown as StepFacts, customer(), en)).toBe('');
});

describe('an environment was opened', () => {
  const redeemed = (detail: Step['detail']) => ({ steps: steps('handoff-redeemed').map((step) => ({ ...step, detail })) });

  test('if a step says so', () => {
    expect(wasOpened(redeemed({ kind: 'environment', environment: 'web' }), 'web')).toBe(true);
    expect(wasOpened(redeemed({ kind: 'environment', environment: 'store' }), 'web')).toBe(false);
  });

  test('if a step says so that was recorded before details were data', () => {
    expect(wasOpened(redeemed('web'), 'web')).toBe(true);
    expect(wasOpened(redeemed('web'), 'app')).toBe(false);
  });

  test('not because of a step that says something else', () => {
    expect(wasOpened(redeemed(null), 'web')).toBe(false);
    expect(wasOpened({ steps: steps('started', 'session-started') }, 'web')).toBe(false);
    const named = { ...steps('session-started')[0], detail: { kind: 'environment', environment: 'web' } } as Step;
    expect(wasOpened({ steps: [named] }, 'web')).toBe(false);
  });
});

describe('a successor’s activity', () => {
  const item = (changes: Partial<ActivityItem>): ActivityItem => ({
    id: 'p-1',
    kind: 'process',
    title: 'The validation was rejected',
    status: 'rejected',
    at: '2026-10-28T12:00:00Z',
    ...changes,
  });

  test('can be read in Ecosystem Admin, from the authorization to the end of the session', () => {
    const may = (['started', 'agent_verified', 'awaiting_consent', 'consented', 'minting', 'in_session', 'closed'] as const).filter(
      (status) => hasActivity({ module: 'ecosystem-admin', status }),
    );
    expect(may).toEqual(['consented', 'minting', 'in_session']);
    expect(hasActivity({ module: 'technical-assistance', status: 'in_session' })).toBe(false);
  });

  test('names a step by its action and a process by the directory’s own title', () => {
    expect(titleOf(item({ kind: 'verification', title: 'agent-verified' }), es)).toBe('Agente validado');
    expect(titleOf(item({}), es)).toBe('The validation was rejected');
  });

  test('shows a title and a status that it does not know as they are', () => {
    expect(titleOf(item({ kind: 'verification', title: 'constructor' }), en)).toBe('constructor');
    expect(statusOf('constructor', en)).toEqual({ look: 'info', text: 'constructor' });
    expect(statusOf('rejected', es)).toEqual({ look: 'error', text: 'Rechazado' });
  });

  test('says the facts of a step in words, and shows a text as it is', () => {
    const of = verification();
    expect(detailOf({ detail: { kind: 'attempt', number: 2 } }, of, es)).toBe('intento 2');
    expect(detailOf({ detail: 'A document is missing.' }, of, es)).toBe('A document is missing.');
    expect(detailOf({ detail: null }, of, es)).toBe('');
  });
});
