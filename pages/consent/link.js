// The token in a link, however the link arrives: programs that check or rewrite links encode the fragment, turn `#` into `%23`, or add
// something at either end.

const ENCODED = /%[0-9a-f]{2}/iu;
const FORMAT = /\p{Cf}/gu;
// A verification's id and a secret. With one letter or digit more it is another.
const TOKEN = /(?:^|[^\w-])([\w-]{22}\.[\w-]{43})(?![\w-])/u;
const DEEPEST = 4;

/**
 * The token in an address: in its fragment, its path or its query. Null if it has none.
 * @param {string} address
 * @returns {string | null}
 */
export function tokenIn(address) {
  let text = address;
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    const found = TOKEN.exec(text.replace(FORMAT, ' ')) ?? TOKEN.exec(text.replace(FORMAT, ''));
    if (found) return found[1];
    if (!ENCODED.test(text)) return null;
    text = decoded(text);
  }
  return null;
}

/** A text decoded once; what is no valid encoding stays as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%[0-7][0-9a-f]/giu, (encoded) => String.fromCharCode(Number.parseInt(encoded.slice(1), 16)));
  }
}
