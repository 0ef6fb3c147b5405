/** The page that checks receipts, without the page: it finds what `verify-receipt` finds, and says it in the same words. */

import { describe, expect, test } from 'vitest';
import { check } from '../../pages/consent/receipt-check.js';
import { ACTIONS, KINDS } from '../../pages/consent/receipt-shape.js';
import { moment, printable, sentence, stepInWords, words } from '../../pages/consent/receipt-words.js';

const SAMPLES: Record<string, string> = import.meta.glob('../../verify-receipt/tests/receipts/*/*', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const VERSIONS = ['version-1', 'version-2', 'version-2-without-access'];
const LANGUAGES = ['en', 'es'] as const;

const text = (name: string) => SAMPLES[`../../verify-receipt/tests/receipts/${name}`] ?? '';
const bytes = (content: string) => new TextEncoder().encode(content);

function sample(version: string) {
  return { file: text(`${version}/receipt.json`), key: JSON.parse(text(`${version}/key.json`)) as Record<string, string> };
}

type Checked = Awaited<ReturnType<typeof check>>;

/** As `verify-receipt` prints it. */
function printed(result: Checked, language: 'en' | 'es'): string {
  const said = words[language];
  const steps = (result.receipt?.steps ?? []) as { seq: number; at: number; actor: string; action: string; detail: unknown }[];
  const lines = steps.map((step) => {
    const { who, what, more } = stepInWords(step, said);
    return `${String(step.seq).padStart(3)}  ${moment(step.at)}  ${who.padEnd(11)}  ${what}${more === null ? '' : `: ${more}`}\n`;
  });
  return `${sentence(result, said)}\n\n${lines.join('')}`;
}

describe.each(VERSIONS)('a receipt of %s', (version) => {
  const { file, key } = sample(version);

  test.each(LANGUAGES)('is good, and is told as by verify-receipt: %s', async (language) => {
    expect(printed(await check(bytes(file), key), language)).toBe(text(`${version}/${language}.txt`));
  });

  // P12
  test('shows every byte that was changed', async () => {
    const whole = bytes(file);
    const missed: number[] = [];
    for (const at of whole.keys()) {
      const changed = whole.slice();
      const byte = changed[at] ?? 0;
      // Its last bit: it stays a character, and often valid JSON.
      changed[at] = byte % 2 === 0 ? byte + 1 : byte - 1;
      // biome-ignore lint/performance/noAwaitInLoops: thousands at a time would only wait for each other.
      if ((await check(changed, key)).fault === undefined) missed.push(at);
    }
    expect(missed).toEqual([]);
  }, 120_000);

  test('shows a byte at either end, and what is missing there', async () => {
    for (const content of [`${file}\n`, ` ${file}`, `\u{feff}${file}`, file.slice(1), file.slice(0, -1)]) {
      // biome-ignore lint/performance/noAwaitInLoops: a handful.
      expect((await check(bytes(content), key)).fault).toBeDefined();
    }
  });
});

describe('what is wrong is named', () => {
  const { file, key } = sample('version-2');
  const altered = async (from: string, to: string) => {
    if (!file.includes(from)) throw new Error(from);
    return (await check(bytes(file.replace(from, to)), key)).fault;
  };

  test('by its step', async () => {
    expect(await altered('"action":"agent-verified"', '"action":"agent-code-sent"')).toEqual({ kind: 'step', number: 4 });
    expect(await altered('"number":2,"of":5},"hash"', '"number":3,"of":5},"hash"')).toEqual({ kind: 'step', number: 7 });
    expect(await altered('"detail":null', '"detail":{"kind":"sending","number":1,"of":5,"x":1}')).toEqual({ kind: 'step', number: 1 });
    expect(await altered('"seq":20', '"seq":21')).toEqual({ kind: 'step', number: 20 });
  });

  test('by its place beside the steps', async () => {
    expect(await altered('"reason":"The', '"reason":"the')).toEqual({ kind: 'signature' });
    expect(await altered('"talks":true', '"talks":false')).toEqual({ kind: 'signature' });
    expect(await altered('"head":"x', '"head":"X')).toEqual({ kind: 'head' });
    expect(await altered('{"receipt":{', '{"receipt":{ ')).toEqual({ kind: 'not-canonical', at: 13 });
    expect(await altered('"outcome":"cancelled"', '"outcome":"unheard-of"')).toEqual({ kind: 'unreadable', what: 'outcome' });
    expect(await altered('"version":2', '"version":3')).toEqual({ kind: 'version', version: 3 });
    expect(await altered('"version":2', '"version":1')).toEqual({ kind: 'step', number: 1 });
  });

  test.each(['', 'hello', '{}', '[1]', 'null', '"x"', '{"receipt":{"version":0}}', '[{"version":1}]'])(
    'as no receipt: %j',
    async (content) => {
      const { fault } = await check(bytes(content), key);
      expect(fault).toEqual(content.includes('version":0') ? { kind: 'version', version: 0 } : { kind: 'not-a-receipt' });
    },
  );

  test.each([12, 100, 1000])('as cut off after %i bytes', async (length) => {
    expect((await check(bytes(file.slice(0, length)), key)).fault).toEqual({ kind: 'truncated' });
  });

  test('where a file is hostile', async () => {
    const deep = `{"receipt":{"version":2,"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;
    const named = '{"receipt":{"__proto__":{"version":2},"version":2},"signature":{}}';
    for (const content of [deep, named, '{"receipt":{"version":2,"version":2}}', '{"receipt":{"version":1e400}}']) {
      // biome-ignore lint/performance/noAwaitInLoops: a handful.
      expect((await check(bytes(content), key)).fault).toBeDefined();
    }
  });

  test('as signed with another key', async () => {
    const other = sample('version-1').key;
    expect((await check(bytes(file), other)).fault).toEqual({ kind: 'another-key', key: key.kid });
  });

  test.each([null, 1, {}, { kty: 'EC' }])('as no key: %j', async (nothing) => {
    expect((await check(bytes(file), nothing)).fault).toEqual({ kind: 'unusable-key' });
  });

  test('as a damaged key', async () => {
    const { x = '' } = key;
    for (const damage of [{ crv: 'P-384' }, { x: `A${x.slice(1)}` }, { x: `${x}=` }, { kid: 'x' }]) {
      // biome-ignore lint/performance/noAwaitInLoops: a handful.
      expect((await check(bytes(file), { ...key, ...damage })).fault).toEqual({ kind: 'unusable-key' });
    }
  });

  test.each(LANGUAGES)('in %s, every action and every detail', (language) => {
    const said = words[language];
    expect(Object.keys(said.actions)).toEqual(ACTIONS);
    expect(Object.keys(said.facts)).toEqual(KINDS);
    expect(Object.keys(said.faults)).toEqual(Object.keys(words.en.faults));
  });
});

// P24
test('nothing in a text steers what is around it', () => {
  expect(printable('Ana\u{1b}[2J\u{202e}\n')).toBe('Ana\u{fffd}[2J\u{fffd}\u{fffd}');
});
