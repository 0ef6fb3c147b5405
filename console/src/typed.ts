/** What people type into forms. These checks spare a call that would be refused; the API has the last word. */

import { codeIn } from '../../pages/consent/code.js';

const FORMAT = /\p{Cf}/gu;
const TICKET = /^[\w./#-]{0,64}$/u;
const CODE = /^\d{6}$/u;

/** What was typed, without the invisible characters that come along when it is copied, and without white space around it. */
export function visible(text: string): string {
  return text.replace(FORMAT, '').trim();
}

/** Whether a ticket number has up to 64 letters, digits and signs of ticket numbers; it may be empty. */
export function isTicket(text: string): boolean {
  return TICKET.test(text);
}

/** Whether a text is a six-digit code. */
export function isCode(text: string): boolean {
  return CODE.test(text);
}

/** What a code's field shows: the code, once it is found in what was typed or pasted; until then the text as it is. */
export function asCode(text: string, lengths?: number[]): string {
  return codeIn(text, lengths) ?? text;
}

/**
 * Whether people typed or pasted what changed a field. What the browser or another program fills in by itself is not sent by itself: it may
 * be an older code.
 */
export function isEnteredByHand({ inputType, data }: Pick<InputEvent, 'inputType' | 'data'>): boolean {
  return inputType === 'insertFromPaste' || (inputType === 'insertText' && data?.length === 1);
}
