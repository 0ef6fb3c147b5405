import { expect, test } from 'vitest';
import { HOME, href, parse, type Route } from '../src/route';

const ID = 'AbCdEfGhIjKlMnOpQrSt_-';

test.each<[string, Route]>([
  ['#/technical-assistance', { page: 'start', module: 'technical-assistance' }],
  ['#/ecosystem-admin', { page: 'start', module: 'ecosystem-admin' }],
  ['#/support-grant', { page: 'start', module: 'support-grant' }],
  ['#/verifications', { page: 'verifications', query: '' }],
  ['#/verifications?status=closed&ticket=A-1', { page: 'verifications', query: 'status=closed&ticket=A-1' }],
  [`#/ecosystem-admin/${ID}`, { page: 'verification', module: 'ecosystem-admin', id: ID, view: 'process' }],
  [`#/technical-assistance/${ID}/app`, { page: 'verification', module: 'technical-assistance', id: ID, view: 'app' }],
  ['#/recovery/verifications', { page: 'recovery', back: { page: 'verifications', query: '' } }],
])('%s leads to its page and back', (hash, route) => {
  expect(parse(hash)).toEqual(route);
  expect(href(route)).toBe(hash);
});

test.each(['', '#', '#/', '#/nothing', '#/verifications/', '#/technical-assistance/short', `#/other/${ID}`, `#/support-grant/${ID}/rcm`])(
  '“%s” leads home',
  (hash) => {
    expect(parse(hash)).toBe(HOME);
  },
);

test('a recovery that was opened by itself goes home, and so does one inside another', () => {
  expect(parse('#/recovery')).toEqual({ page: 'recovery', back: HOME });
  expect(href({ page: 'recovery', back: HOME })).toBe('#/recovery');
  expect(parse('#/recovery/recovery/verifications')).toEqual({ page: 'recovery', back: HOME });
});

test('a recovery keeps the verification to return to', () => {
  const back = parse(`#/support-grant/${ID}`);
  expect(parse(href({ page: 'recovery', back }))).toEqual({ page: 'recovery', back });
});
