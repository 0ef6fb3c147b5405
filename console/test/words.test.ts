/** The words of both languages: nothing is missing, and each thing has one name. */

import { describe, expect, test as it } from 'vitest';
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
  it('has every text in both languages, with the same places to fill in', () => {
    const [en, es] = [texts(page.en), texts(page.es)];
    expect(es.map(([place]) => place)).toEqual(en.map(([place]) => place));
    expect(es.map(([, text]) => placesIn(text))).toEqual(en.map(([, text]) => placesIn(text)));
  });
});

const ENGLISH = [...texts(LANGUAGES.en, 'console'), ...texts(page.en, 'consent page')];
const SPANISH = [...texts(LANGUAGES.es, 'console'), ...texts(page.es, 'consent page')];

const breaking = (all: [string, string][], rule: RegExp, except: RegExp) =>
  all.filter(([place, text]) => rule.test(text) && !except.test(text) && !except.test(place));

describe('in English', () => {
  it.each([
    ['an email is an email', /\b(e-mails?|mails?|mailed)\b/iu, /^$/u],
    ['people are “they”', /\b(he|she|his|her|hers|him|himself|herself|whoever)\b/iu, /^$/u],
    ['an agent is an agent', /\banalysts?\b/iu, /^$/u],
    ['a customer is a customer', /\busers?\b/iu, /User Name|User Support|User email|user name|\.activity\.(user|role)$/u],
    ['an authorization is an authorization', /\bconsent/iu, /^$/u],
    ['the two digits are the verification number', /\bmatching number\b/iu, /^$/u],
    ['nothing is said in the words that the glossary replaces', /\b(besides|all the same|at the most|mend|swindler)\b/iu, /^$/u],
  ])('%s', (_, rule, except) => {
    expect(breaking(ENGLISH, rule, except)).toEqual([]);
  });
});

describe('in Spanish', () => {
  it.each([
    ['an agent is an agente', /\banalistas?\b/iu, /^$/u],
    ['a customer is a cliente', /\busuari[oa]s?\b/iu, /[Nn]ombre de usuario/u],
    ['an authorization is an autorización', /consentimiento|consinti/iu, /^$/u],
    ['the two digits are the número de verificación', /coincidencia/iu, /^$/u],
    ['an email is a correo', /\b(e-?mails?|mails?)\b/iu, /^$/u],
    ['the reader is usted', /\b(tu|tus|ti|tú|contigo|vos|vuestr[oa]s?|haz|puedes|quieres|ordenador|móvil)\b/iu, /^$/u],
  ])('%s', (_, rule, except) => {
    expect(breaking(SPANISH, rule, except)).toEqual([]);
  });

  it('no text is left in English', () => {
    const same = ENGLISH.filter(([, text], index) => text === SPANISH[index]?.[1] && /[a-z]{3}/u.test(text)).map(([place]) => place);
    expect(same.filter((place) => !/environments|plans|product|supervisor|qrTitle|ticket|labels\.url/u.test(place))).toEqual([]);
  });
});

it('no text has a straight apostrophe or quotation mark, and none has white space that nobody sees', () => {
  expect(breaking([...ENGLISH, ...SPANISH], /['"]| {2}|^\s|\s$/u, /^$/u)).toEqual([]);
});
