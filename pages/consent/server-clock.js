// The server's time. Deadlines are the server's, and a device's clock may be wrong, or be set while the page is open: between two answers
// time is counted by a clock that nobody can set. The agents' console uses the same.

/** A `Date` header has whole seconds. */
const SECOND = 1000;

/** How many milliseconds the server's time is ahead of the count, and between which values that must be by the answers so far. */
let ahead = Date.now() - performance.now();
let least = Number.NEGATIVE_INFINITY;
let most = Number.POSITIVE_INFINITY;

/** The server's time, in milliseconds. */
export function serverNow() {
  return performance.now() + ahead;
}

/**
 * Takes the time from somewhere that may be wrong by any amount. The next answer overrules it.
 * @param {number} time in milliseconds
 */
export function assume(time) {
  ahead = time - performance.now();
  least = Number.NEGATIVE_INFINITY;
  most = Number.POSITIVE_INFINITY;
}

/**
 * Measures the server's time by what an answer says of it. Each answer narrows it down. If they contradict each other, as after a sleep, the
 * last one is right.
 * @param {number} time the whole second in which the server answered, in milliseconds
 * @param {number} sent what `performance.now()` was before the question
 */
export function measure(time, sent) {
  const [low, high] = [time - performance.now(), time + SECOND - sent];
  const agree = Math.max(least, low) <= Math.min(most, high);
  least = agree ? Math.max(least, low) : low;
  most = agree ? Math.min(most, high) : high;
  ahead = (least + most) / 2;
}

/**
 * Measures by an answer's headers, if the page may read them.
 * @param {Response} answer
 * @param {number} sent what `performance.now()` was before the question
 */
export function measureBy(answer, sent) {
  const time = Date.parse(answer.headers.get('date') ?? '');
  const age = Number(answer.headers.get('age') ?? 0);
  if (!Number.isNaN(time)) measure(time + age * SECOND, sent);
}
