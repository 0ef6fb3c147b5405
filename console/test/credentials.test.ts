import { describe, expect, test } from 'vitest';
import { asText, type Credentials, fromText, NO_CREDENTIALS, tidied, wrongFields } from '../src/credentials';
import type { SupportCredentials } from '../src/model';
import { LANGUAGES } from '../src/words';

const CREDENTIALS: Credentials = { user_name: 'abcd-efgh-jkmn-pqrs', password: '2345-6789-abcd-efgh-jkmn', security_code: '046128' };
const ISSUED: SupportCredentials = {
  ...CREDENTIALS,
  id: 'BBBBBBBBBBBBBBBBBBBBBB',
  url: 'https://console.example.com/#/support-grant',
  expires_at: '2026-10-28T20:00:00Z',
  visibility: { messages: false, talks: false },
  access: 'view',
  ecosystem: 'eco-bakery',
  notice: '',
};

describe('what the customer copies is found in what the agent pastes', () => {
  test.each(Object.entries(LANGUAGES))('in the language %s', (_, words) => {
    expect(fromText(asText(ISSUED, '28 Oct 2026, 20:00 UTC', words))).toEqual(CREDENTIALS);
  });

  test('with the dashes and capitals that email programs put in', () => {
    const pasted = asText(ISSUED, 'tonight', LANGUAGES.en).replaceAll('-', '\u2013').toUpperCase();
    expect(fromText(pasted)).toEqual(CREDENTIALS);
  });

  test('quoted in an email, below other numbers', () => {
    const quoted = `Ticket 482913, phone 555-0142\n> ${asText(ISSUED, 'tonight', LANGUAGES.es).replaceAll('\n', '\n> ')}`;
    expect(fromText(quoted)).toEqual(CREDENTIALS);
  });

  // P46
  test('with invisible characters, and digits of another script', () => {
    const pasted = asText({ ...ISSUED, security_code: '٠٤٦١٢٨' }, '28.10.26', LANGUAGES.en).replaceAll('-', '\u2060-\u200b');
    expect(fromText(pasted)).toEqual(CREDENTIALS);
  });

  test('with the code above the other two', () => {
    expect(fromText(`046128 ${CREDENTIALS.user_name} ${CREDENTIALS.password}`)).toEqual(CREDENTIALS);
  });
});

describe('nothing is filled in', () => {
  test.each([
    ['an empty text', ''],
    ['a text without a password', `${CREDENTIALS.user_name} 046128`],
    ['a text without a user name', `${CREDENTIALS.password} 046128`],
    ['a text without a code', `${CREDENTIALS.user_name} ${CREDENTIALS.password}`],
    ['a code with seven digits', `${CREDENTIALS.user_name} ${CREDENTIALS.password} 0461280`],
    ['groups that are part of something longer', `x${CREDENTIALS.user_name} ${CREDENTIALS.password} 046128`],
    ['letters that no credential has', `${CREDENTIALS.user_name.replace('j', 'i')} ${CREDENTIALS.password} 046128`],
  ])('from %s', (_, text) => {
    expect(fromText(text)).toBeNull();
  });
});

test('what was typed loses the white space around it, and the code its separators', () => {
  expect(tidied({ user_name: ' abcd\u200b ', password: '\tefgh\n', security_code: ' 046 - 128\u200b' })).toEqual({
    user_name: 'abcd',
    password: 'efgh',
    security_code: '046128',
  });
});

describe('the fields that would be refused', () => {
  test('are none in a complete set', () => {
    expect(wrongFields(CREDENTIALS)).toEqual([]);
  });

  test('are all three in an empty form', () => {
    expect(wrongFields(NO_CREDENTIALS)).toEqual(['user_name', 'password', 'security_code']);
  });

  test('are those that are too long, or not a code', () => {
    expect(wrongFields({ ...CREDENTIALS, user_name: 'a'.repeat(65) })).toEqual(['user_name']);
    expect(wrongFields({ ...CREDENTIALS, password: 'a'.repeat(65) })).toEqual(['password']);
    expect(wrongFields({ ...CREDENTIALS, password: 'a'.repeat(64) })).toEqual([]);
    expect(wrongFields({ ...CREDENTIALS, security_code: '04612' })).toEqual(['security_code']);
    expect(wrongFields({ ...CREDENTIALS, security_code: '٠٤٦١٢٨' })).toEqual(['security_code']);
  });
});
