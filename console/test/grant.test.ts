import { describe, expect, test } from 'vitest';
import {
  announceView,
  asActive,
  durationInWords,
  durationsWithin,
  ecosystemToName,
  hiddenOf,
  pauseBeforeGrantLook,
  usualDuration,
} from '../src/grant';
import type { SupportCredentials, SupportGrantOptions } from '../src/model';
import { LANGUAGES } from '../src/words';

const { en, es } = LANGUAGES;
const NOON = Date.parse('2026-10-28T12:00:00Z');
const BAKERY = { id: 'eco-bakery', name: 'Panadería Núñez', environments: ['web'] } as SupportGrantOptions['ecosystems'][number];
const SHOP = { ...BAKERY, id: 'eco-shop', name: 'Tienda' };
const options = (...ecosystems: SupportGrantOptions['ecosystems']): SupportGrantOptions => ({
  ecosystems,
  minutes: { min: 15, max: 2880 },
});

const credentials: SupportCredentials = {
  id: 'BBBBBBBBBBBBBBBBBBBBBB',
  url: 'https://console.example.com',
  user_name: 'u',
  password: 'p',
  security_code: '123456',
  expires_at: '2026-10-28T13:00:00Z',
  visibility: { messages: false, talks: true },
  access: 'change',
  ecosystem: 'eco-bakery',
  notice: '',
};

describe('the durations to choose from', () => {
  test('are those that the server allows, its limits included', () => {
    expect(durationsWithin({ min: 15, max: 2880 })).toEqual([15, 60, 120, 240, 480, 1440, 2880]);
    expect(durationsWithin({ min: 60, max: 240 })).toEqual([60, 120, 240]);
  });

  test('are the shortest allowed, if none of the usual ones is', () => {
    expect(durationsWithin({ min: 5, max: 10 })).toEqual([5]);
  });

  test('begin with an hour, or with the shortest', () => {
    expect(usualDuration({ min: 15, max: 2880 })).toBe(60);
    expect(usualDuration({ min: 120, max: 2880 })).toBe(120);
    expect(usualDuration({ min: 5, max: 10 })).toBe(5);
  });

  test.each([
    [15, '15 minutes', '15 minutos'],
    [60, '1 hour', '1 hora'],
    [90, '90 minutes', '90 minutos'],
    [480, '8 hours', '8 horas'],
    [2880, '48 hours', '48 horas'],
  ])('are said in words: %i minutes', (minutes, english, spanish) => {
    expect(durationInWords(minutes, 'en')).toBe(english);
    expect(durationInWords(minutes, 'es')).toBe(spanish);
  });
});

test('what a session does not show is said in words', () => {
  expect(hiddenOf({ messages: false, talks: false }, en)).toBe('Messages, Talks');
  expect(hiddenOf({ messages: true, talks: false }, es)).toBe('Conversaciones');
  expect(hiddenOf({ messages: true, talks: true }, en)).toBe('Nothing');
});

describe('the ecosystem of a grant', () => {
  test('is not named to a customer who has only that one', () => {
    expect(ecosystemToName(credentials, options(BAKERY))).toBeNull();
  });

  test('is named to a customer who has several', () => {
    expect(ecosystemToName(credentials, options(SHOP, BAKERY))).toBe('Panadería Núñez');
  });

  test('is named if it is not the one that the customer has now, and by its id if the name is unknown', () => {
    expect(ecosystemToName(credentials, options(SHOP))).toBe('eco-bakery');
    expect(ecosystemToName(credentials, null)).toBe('eco-bakery');
  });
});

test('of new credentials nothing secret is left once they are closed', () => {
  const view = asActive(credentials);
  expect(view).toEqual({
    at: 'active',
    grant: {
      id: credentials.id,
      expires_at: credentials.expires_at,
      visibility: credentials.visibility,
      access: 'change',
      ecosystem: 'eco-bakery',
    },
  });
});

test('a new view is announced, except the form', () => {
  expect(announceView({ at: 'form' }, en)).toBe('');
  expect(announceView({ at: 'credentials', credentials }, en)).toBe(en.remote.credentials.title);
  expect(announceView(asActive(credentials), en)).toBe('Remote support access is active.');
});

describe('the pause before the next read', () => {
  const hour = 3_600_000;

  test('does not end while there is nothing to watch', () => {
    expect(pauseBeforeGrantLook(null, NOON)).toBeNull();
    expect(pauseBeforeGrantLook({ at: 'form' }, NOON)).toBeNull();
  });

  test('is fifteen seconds for an active grant, which an agent may redeem at any moment', () => {
    expect(pauseBeforeGrantLook(asActive(credentials), NOON)).toBe(15_000);
  });

  test('ends just after the grant does', () => {
    expect(pauseBeforeGrantLook(asActive(credentials), NOON + hour - 5000)).toBe(5300);
  });

  test('lasts until the end while the credentials are shown', () => {
    expect(pauseBeforeGrantLook({ at: 'credentials', credentials }, NOON)).toBe(hour + 300);
  });

  test('is two seconds while the server still has a grant whose time is over', () => {
    expect(pauseBeforeGrantLook(asActive(credentials), NOON + hour + 1000)).toBe(2000);
  });
});
