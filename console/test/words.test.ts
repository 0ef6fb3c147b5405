/** The words of both languages: nothing is missing, and each thing has one name. */

import { describe, expect, test } from 'vitest';
import { words as page } from '../../pages/consent/words.js';
import { LANGUAGES } from '../src/words';

/** Every text with its place. A text that takes values is asked with stand-ins. */
function texts(found: unknown, place = ''): [place: string, text: string][] {
  if (typeof found === 'string') return [[place, found]];
  if (typeof found === 'function') {
    return [1, 2].flatMap((count) => texts((found as (...values: unknown[]) => unknown)(count, count, count), `${place}(${count})`));
  }
  return Object.entries(found as object).flatMap(([key, value]) => texts(value, `${place}.${key}`));
}

const PLACE = /\{\w+\}/gu;
const placesIn = (text: string) => (text.match(PLACE) ?? []).toSorted();

describe('the consent page', () => {
  test('has every text in both languages, with the same places to fill in', () => {
    const [en, es] = [texts(page.en), texts(page.es)];
    expect(es.map(([place]) => place)).toEqual(en.map(([place]) => place));
    expect(es.map(([, text]) => placesIn(text))).toEqual(en.map(([, text]) => placesIn(text)));
  });
});

const ENGLISH = [...texts(LANGUAGES.en, 'console'), ...texts(page.en, 'consent page')];
const SPANISH = [...texts(LANGUAGES.es, 'console'), ...texts(page.es, 'consent page')];

const breaking = (all: [string, string][], rule: RegExp, except: RegExp) =>
  all.filter(([place, text]) => rule.test(text) && !except.test(text) && !except.test(place));

// `local/language.py` checks the rest of the vocabulary, in all files.
test.each([
  ['a customer is not called a user', /\busers?\b/iu, /User Name|User Support|User email|user name|\.activity\.(user|role)$/u],
  ['an authorization is not called consent', /\bconsent/iu, /^$/u],
])('in English %s', (_, rule, except) => {
  expect(breaking(ENGLISH, rule, except)).toEqual([]);
});

describe('in Spanish', () => {
  test('the reader is usted, in Latin America', () => {
    const familiar = /\b(tu|tus|ti|tú|contigo|vos|vuestr[oa]s?|haz|puedes|quieres|ordenador|móvil)\b/iu;
    expect(breaking(SPANISH, familiar, /^$/u)).toEqual([]);
  });

  test('an authorization has no other name', () => {
    expect(breaking(SPANISH, /consinti|consentir|permiso/iu, /^$/u)).toEqual([]);
  });

  test('no text is left in English', () => {
    const same = ENGLISH.filter(([, text], index) => text === SPANISH[index]?.[1] && /[a-z]{3}/u.test(text)).map(([place]) => place);
    expect(same.filter((place) => !/environments|plans|product|supervisor|qrTitle|ticket|labels\.url/u.test(place))).toEqual([]);
  });
});

test('no text has a straight apostrophe or quotation mark, and none has white space that nobody sees', () => {
  expect(breaking([...ENGLISH, ...SPANISH], /['"]| {2}|^\s|\s$/u, /^$/u)).toEqual([]);
});
