/** What people type into forms. These checks spare a call that would be refused; the API has the last word. */

const EMAIL_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const TICKET = /^[ -~]{0,64}$/u;
const CODE = /^\d{6}$/u;
const NO_DIGIT = /\D/gu;

export function isEmailAddress(text: string): boolean {
  return EMAIL_ADDRESS.test(text);
}

/** Whether a ticket number is printable ASCII of up to 64 characters; it may be empty. */
export function isTicket(text: string): boolean {
  return TICKET.test(text);
}

/** Whether a text is a six-digit code. */
export function isCode(text: string): boolean {
  return CODE.test(text);
}

/** The digits of what was typed or pasted, and no more of them than the code has. */
export function digitsIn(text: string, most = 6): string {
  return text.replace(NO_DIGIT, '').slice(0, most);
}
