/** Close enough to an e-mail address to spare a call; the API has the last word. */
export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
