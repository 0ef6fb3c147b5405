/** Email addresses as people type and paste them, and as the API takes them. */

/** Invisible: zero-width spaces, marks of direction, soft hyphens. They come along when an address is copied. */
const FORMAT = /\p{Cf}/gu;
const AT_THE_ENDS = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;
/** The same but for the joiners, which some languages write within words. */
const FORMAT_BUT_JOINERS = /(?![\u200c\u200d])\p{Cf}/gu;
/** As some keyboards write it. */
const WIDE_AT = /[\uff20\ufe6b]/gu;
const ASCII = /^[ -~]*$/u;
/** What ends a host, or is decoded, where an address of the web is read. */
const NOT_IN_HOST = /[/?#\\:%[\]<>^|\s]/u;

/** As in the API: `EmailAddress` of openapi.yaml, and a dot in the domain. */
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/u;
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/iu;
const LONGEST_LOCAL = 64;
const LONGEST = 254;

/** The address in what was typed: without invisible characters, its domain written by UTS 46. Null if it is none that the API takes. */
export function addressIn(typed: string): string | null {
  const [local, domain, ...more] = typed.replace(WIDE_AT, '@').replace(AT_THE_ENDS, '').split('@');
  if (local === undefined || domain === undefined || more.length > 0) return null;
  const address = { local: local.replace(FORMAT, ''), domain: asciiDomain(domain) };
  const text = `${address.local}@${address.domain}`;
  const fits = address.local.length <= LONGEST_LOCAL && text.length <= LONGEST;
  return fits && LOCAL.test(address.local) && DOMAIN.test(address.domain ?? '') ? text : null;
}

/** A domain as it is written in ASCII; null if it is none. */
function asciiDomain(typed: string): string | null {
  const plain = typed.replace(FORMAT, '');
  if (ASCII.test(plain)) return plain;
  return hostOf(typed.replace(FORMAT_BUT_JOINERS, '')) ?? hostOf(plain);
}

/** A host by the browser's own parser, which follows UTS 46. */
function hostOf(domain: string): string | null {
  if (NOT_IN_HOST.test(domain)) return null;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}
