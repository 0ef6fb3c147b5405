// Checks a receipt as `verify-receipt` does, with what every browser has (WebCrypto). No page and no network: the tests run it as it is.

import { detailIsStrange, strangeMember } from './receipt-shape.js';

/** The newest version of receipts that can be checked; the others are from 1 on. */
export const VERSION = 2;

const ALGORITHM = 'ECDSA_SHA_256';
const BEGINNING = '{"receipt":{';
const END = '}}';
/** No receipt is nearly as long, in bytes. */
export const LONGEST = 4_000_000;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

const URL_SAFE = /^[\w-]*$/u;

const utf8 = new TextEncoder();

/** What is wrong, as `{kind}` with what the sentence about it needs. */
class Found extends Error {
  constructor(kind, more = {}) {
    super(kind);
    this.fault = { kind, ...more };
  }
}

/**
 * Checks a receipt's file against the answer of `GET /receipts/key`. Returns `{receipt}` if the file is as it was signed; otherwise `{fault}`,
 * whose `kind` is `unusable-key` if nothing was said about the receipt.
 * @param {Uint8Array} file
 * @param {any} key
 * @returns {Promise<{receipt?: any, fault?: {kind: string, [more: string]: unknown}}>}
 */
export async function check(file, key) {
  try {
    const usable = await imported(key);
    return { receipt: await checked(file, usable, key.kid) };
  } catch (error) {
    if (error instanceof Found) return { fault: error.fault };
    throw error;
  }
}

/** SHA-256, base64url without padding. */
export async function digest(bytes) {
  return encoded(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

async function imported(key) {
  const { kty, crv, x, y, kid } = key ?? {};
  const point = [x, y].map((text) => (typeof text === 'string' ? decoded(text) : null));
  const whole = kty === 'EC' && crv === 'P-256' && point.every((part) => part?.length === 32);
  // Its id is its thumbprint (RFC 7638): a damaged key must not make a receipt look altered.
  if (!whole || kid !== (await digest(utf8.encode(JSON.stringify({ crv, kty, x, y }))))) throw new Found('unusable-key');
  return crypto.subtle.importKey('jwk', { kty, crv, x, y }, CURVE, false, ['verify']).catch(() => {
    throw new Found('unusable-key');
  });
}

async function checked(file, key, kid) {
  const signed = parsed(file);
  const { receipt, signature } = signed;
  if (!Number.isSafeInteger(receipt?.version) || receipt.version < 0) throw new Found('not-a-receipt');
  if (receipt.version < 1 || receipt.version > VERSION) throw new Found('version', { version: receipt.version });
  asWritten(file, signed);
  const strange = strangeMember(signed);
  if (strange !== null) throw new Found('unreadable', { what: strange });
  await chained(receipt);
  if (signature.key !== kid) throw new Found('another-key', { key: signature.key });
  const value = rawSignature(decoded(signature.value));
  const algorithm = { ...CURVE, hash: 'SHA-256' };
  const right =
    signature.algorithm === ALGORITHM &&
    value !== null &&
    (await crypto.subtle.verify(algorithm, key, value, utf8.encode(canonical(receipt))));
  if (!right) throw new Found('signature');
  return receipt;
}

function parsed(file) {
  let text = '';
  try {
    if (file.length > LONGEST) throw new Found('not-a-receipt');
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
    const value = JSON.parse(text);
    if (value === null || typeof value !== 'object') throw new Found('not-a-receipt');
    return value;
  } catch (error) {
    if (error instanceof Found) throw error;
    const begins = utf8.encode(BEGINNING).every((byte, at) => file[at] === byte);
    if (!begins) throw new Found('not-a-receipt');
    if (text !== '' && !text.endsWith(END)) throw new Found('truncated');
    throw new Found('unreadable', { what: error.message });
  }
}

/** Refuses a file that is not written as a receipt is: canonical JSON, nothing before or behind it. */
function asWritten(file, value) {
  const written = utf8.encode(nested(value) ? canonical(value) : '');
  const same = written.findIndex((byte, at) => file[at] !== byte);
  if (same !== -1) throw new Found('not-canonical', { at: same + 1 });
  if (file.length !== written.length) throw new Found('not-canonical', { at: written.length + 1 });
}

/** Whether a value is nested no deeper than a receipt could be. */
function nested(value, left = 16) {
  if (value === null || typeof value !== 'object') return true;
  return left > 0 && Object.values(value).every((part) => nested(part, left - 1));
}

/** Canonical JSON (RFC 8785). */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  // By UTF-16 code unit, as RFC 8785 has it.
  const names = Object.keys(value).sort((one, other) => (one < other ? -1 : 1));
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** Refuses steps that are not as recorded: each carries a hash over itself and the one before. */
async function chained({ version, verification, steps, head }) {
  let previous = '';
  for (const [at, step] of steps.entries()) {
    const number = at + 1;
    if (step.seq !== number || detailIsStrange(version, step.detail)) throw new Found('step', { number });
    const told = [previous, verification, step.seq, step.at, step.actor, step.action, step.detail];
    // biome-ignore lint/performance/noAwaitInLoops: each hash is over the one before.
    previous = await digest(utf8.encode(canonical(told)));
    if (step.hash !== previous) throw new Found('step', { number });
  }
  if (steps.length === 0 || previous !== head) throw new Found('head');
}

/** The two numbers of a signature in ASN.1 DER (RFC 3279), one behind the other as WebCrypto has them; null if they are not written so. */
function rawSignature(der) {
  if (der === null || der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const first = numberAt(der, 2);
  const second = first && numberAt(der, first.end);
  if (!second || second.end !== der.length) return null;
  const raw = new Uint8Array(64);
  raw.set(first.value, 32 - first.value.length);
  raw.set(second.value, 64 - second.value.length);
  return raw;
}

/** A positive number of at most 32 bytes, written in no more bytes than it needs. */
function numberAt(der, at) {
  const [tag, length] = der.subarray(at);
  const content = der.subarray(at + 2, at + 2 + length);
  if (tag !== 0x02 || !(length > 0) || content.length !== length || content[0] > 0x7f) return null;
  if (length > 1 && content[0] === 0 && content[1] < 0x80) return null;
  const value = content[0] === 0 ? content.subarray(1) : content;
  return value.length > 32 ? null : { value, end: at + 2 + length };
}

/** base64url without padding; null for any other text. */
function decoded(text) {
  if (!URL_SAFE.test(text)) return null;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    return encoded(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

function encoded(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
