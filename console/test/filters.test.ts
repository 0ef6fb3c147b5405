import { describe, expect, test } from 'vitest';
import { asQuery, asSearch, type Filters, fromQuery, NO_FILTERS, type Typed, understood } from '../src/filters';
import { href, parse } from '../src/route';

const ID = 'q3Zk0mB7sYw1rT9uXn5vLQ';

const ALL: Filters = {
  id: ID,
  ticket: 'INC.2026/42#a',
  customer: 'ana+x@example.com',
  of: ID,
  agent: 'José & Ana',
  module: 'ecosystem-admin',
  status: 'closed',
  outcome: 'locked',
  from: '2026-10-01',
  until: '2026-10-31',
};

describe('an address', () => {
  test('holds a search and gives it back', () => {
    expect(fromQuery(asQuery(ALL))).toEqual(ALL);
    expect(asQuery(NO_FILTERS)).toBe('');
    expect(fromQuery('')).toEqual(NO_FILTERS);
    const route = parse(href({ page: 'verifications', query: asQuery(ALL) }));
    expect(route).toEqual({ page: 'verifications', query: asQuery(ALL) });
  });

  test('survives a new sign-in and a recovery', () => {
    const list = { page: 'verifications', query: asQuery(ALL) } as const;
    expect(parse(href({ page: 'recovery', back: list }))).toEqual({ page: 'recovery', back: list });
  });

  test.each([
    'status=open',
    'module=x',
    'outcome=',
    'id=short',
    'ticket=a%20b',
    'customer=nobody',
    'from=yesterday',
    'until=2026-99-99',
    'x=1',
  ])('that says what no filter can is taken for none: %s', (query) => {
    expect(fromQuery(query)).toEqual(NO_FILTERS);
  });
});

test('days are whole days by the clock of who reads them', () => {
  const { created_from, created_until } = asSearch({ ...NO_FILTERS, from: '2026-10-31', until: '2026-10-31' });
  expect(created_from).toBe(new Date(2026, 9, 31).toISOString());
  expect(created_until).toBe(new Date(2026, 10, 1).toISOString());
});

test('every filter is asked for by its name', () => {
  expect(asSearch(ALL)).toEqual({
    id: ID,
    ticket: 'INC.2026/42#a',
    customer: 'ana+x@example.com',
    customer_of: ID,
    agent_name: 'José & Ana',
    module: 'ecosystem-admin',
    status: 'closed',
    outcome: 'locked',
    created_from: expect.any(String) as string,
    created_until: expect.any(String) as string,
  });
  expect(asSearch(NO_FILTERS)).toEqual({});
});

// P46
describe('what is typed or pasted', () => {
  test.each<[Typed, string, string]>([
    ['id', `  ${ID}\u{200b}`, ID],
    ['id', `https://console.example.com/#/technical-assistance/${ID}/app`, ID],
    ['id', `receipt-${ID}.json`, ''],
    ['ticket', ' WZ-1042\u{2060}', 'WZ-1042'],
    ['customer', 'ana@mu\u{f1}oz.example', 'ana@xn--muoz-hqa.example'],
    ['agent', ' Ortega ', 'Ortega'],
    ['from', '2026-10-28', '2026-10-28'],
    ['id', ' ', ''],
  ])('into %s is understood: %j', (field, text, meant) => {
    expect(understood(field, text) ?? '').toBe(meant);
  });

  test.each<[Typed, string]>([
    ['id', 'abc'],
    ['id', `${ID}x`],
    ['ticket', 'two words'],
    ['ticket', 'x'.repeat(65)],
    ['customer', 'ana'],
    ['agent', 'x'.repeat(81)],
    ['from', '28/10/2026'],
    ['until', '2026-13-01'],
  ])('into %s is said to be wrong: %j', (field, text) => {
    expect(understood(field, text)).toBeNull();
  });
});
