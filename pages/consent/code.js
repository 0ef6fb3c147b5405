// The code in what people type and paste. The agents' console reads codes by the same rules.

const DIGIT = /\p{Nd}/u;
const DIGITS = /\p{Nd}/gu;
// Invisible characters, and marks: on the digits of a keyboard's pictures, for example.
const UNSEEN = /[\p{Cf}\p{M}]/gu;
const SEPARATORS = /[\s\p{Pd}\u2212._·]/gu;
const ONLY_DIGITS = /^\d+$/u;
const IN_HALVES = /^\d{3}[\s\p{Pd}]\d{3}$/u;
// Words with their digits, and numbers with what belongs to them: times, dates, amounts, telephone numbers. (Older browsers cannot look
// behind.)
const WORD = /[\p{L}_][\p{L}\d_]*(?:\p{Pd}[\p{L}\d_]+)*/u.source;
const NUMBERS = new RegExp(`${WORD}|\\+?\\d[\\p{L}\\d_]*(?:[.,:/\\p{Pd}]\\d[\\p{L}\\d_]*)*`, 'gu');
const SPACED_NUMBERS = new RegExp(`${WORD}|\\+?\\d[\\p{L}\\d_]*(?:[.,:/\\s\\p{Pd}]\\d[\\p{L}\\d_]*)*`, 'gu');

/** A digit of any script as one of ASCII. Unicode has the digits of a script in a row, and the rows in tens. */
function inAscii(digit) {
  const code = digit.codePointAt(0);
  let first = code;
  while (DIGIT.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
}

/**
 * The code in a text; null if there is none, or more than one group of digits could be it. A code that stands alone may have separators
 * between its digits; in other text it is the only group that has the length of a code.
 * @param {string} text
 * @param {number[]} lengths how many digits a code may have
 * @returns {string | null}
 */
export function codeIn(text, lengths = [6]) {
  const plain = text.replace(UNSEEN, '').replace(DIGITS, inAscii);
  const alone = plain.replace(SEPARATORS, '');
  if (ONLY_DIGITS.test(alone) && lengths.includes(alone.length)) return alone;
  const groups = found(plain, NUMBERS, (group) => ONLY_DIGITS.test(group) && lengths.includes(group.length));
  if (groups.length > 0) return groups.length === 1 ? groups[0] : null;
  const halves = lengths.includes(6) ? found(plain, SPACED_NUMBERS, (group) => IN_HALVES.test(group)) : [];
  return halves.length === 1 ? halves[0].replace(SEPARATORS, '') : null;
}

function found(text, groups, fits) {
  return (text.match(groups) ?? []).filter(fits);
}
