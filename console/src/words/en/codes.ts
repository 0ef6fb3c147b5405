/** What is said of a code that was sent. */
export const codes = {
  expiredNext: 'The code has expired, and an entry of it counts for nothing. Send a new one.',
  entryExpired: 'expired',
  byItself: 'Verify as soon as six digits are typed or pasted',
  sentAgain: (address: string) => `A new code is on its way to ${address}. The one before no longer works.`,
  numberChanged: (before: string, now: string) => `The verification number has changed from ${before} to ${now}. Read it out again.`,
  numberSame: (now: string) => `The verification number is still ${now}.`,
};
