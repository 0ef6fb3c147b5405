/** The consent page's links, as they arrive. */

import { expect, test } from 'vitest';
import { tokenIn } from '../../pages/consent/link.js';

const TOKEN = 'q3Zk0mB7sYw1rT9uXn5vLQ.J0c2tE8yQmWv4bN6xRzA1sKdFhG3pLuYiOoPqTeXw5c';
const PAGE = 'https://consent.example.com/';
const encoded = encodeURIComponent;

// P46
test.each([
  `#token=${TOKEN}`,
  `%23token=${TOKEN}`,
  `%23token%3D${TOKEN}`,
  `%2523token%253D${TOKEN}`,
  `#token%3D${TOKEN}`,
  `#${TOKEN}`,
  `?token=${TOKEN}`,
  `?u=${encoded(encoded(`${PAGE}#token=${TOKEN}`))}`,
  `#token=${TOKEN.replace('.', '%2E')}`,
  `#token=${TOKEN}>`,
  `#token=${TOKEN}%3E`,
  `#token=${TOKEN}.`,
  `#token=${TOKEN}),`,
  `#token=${TOKEN}\u200b`,
  `#token=${TOKEN}%E2%80%8B`,
  `#token=${TOKEN}%E2%80%8Band%20more`,
  `#token=${TOKEN.slice(0, 40)}%C2%AD${TOKEN.slice(40)}`,
  `#token=${TOKEN}?utm_source=mail`,
  `#token=${TOKEN}&utm_source=mail`,
  `?utm_source=mail#token=${TOKEN}`,
  `?broken=%E0%A4%A#token%3D${TOKEN}`,
])('the token is found in %s', (rest) => {
  expect(tokenIn(PAGE + rest)).toBe(TOKEN);
});

test.each(['', '#', '#token=', '#token=nothing', `#token=${TOKEN}x`, `#token=x${TOKEN}`, `#token=${TOKEN.slice(1)}`, '#token=%', '#%'])(
  'no token is found in %j',
  (rest) => {
    expect(tokenIn(PAGE + rest)).toBeNull();
  },
);
