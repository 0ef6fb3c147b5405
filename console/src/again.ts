/** “Again for this customer”: what was typed for a verification, in this page's memory only, since the API shows the address masked. */

interface LookedUp {
  email: string;
  ticket: string;
}

const lookedUp = new Map<string, LookedUp>();
let next: LookedUp | null = null;

/** Remembers what a verification was started with. */
export function rememberLookUp(id: string, typed: LookedUp): void {
  lookedUp.set(id, typed);
}

/** What a verification was started with in this tab; null for any other. */
export function lookUpOf(id: string): LookedUp | null {
  return lookedUp.get(id) ?? null;
}

/** Fills in the next look-up form with this. */
export function againFor(typed: LookedUp): void {
  next = typed;
}

/** What the look-up form begins with. */
export function beginning(): LookedUp {
  return next ?? { email: '', ticket: '' };
}

/** The form has been drawn: the one after it begins empty. */
export function begun(): void {
  next = null;
}

/** A person has left, and what they typed goes with them. */
export function forgetLookUps(): void {
  lookedUp.clear();
  next = null;
}
