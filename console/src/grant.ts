/** A support grant as its customer and its agent see it. */

import type { StepFacts, SupportCredentials, SupportGrant, SupportGrantOptions, Verification, Visibility } from './model';
import type { Words } from './words/en';

/** What a customer does with their grant. */
export type GrantAct = 'offer' | 'regenerate' | 'revoke';

export type GrantView =
  | { at: 'form' }
  /** Just created. The credentials are in this page's memory and nowhere else. */
  | { at: 'credentials'; credentials: SupportCredentials }
  | { at: 'active'; grant: SupportGrant };

/** The durations to choose from, as far as the server allows them. */
const DURATIONS_MINUTES = [15, 60, 2 * 60, 4 * 60, 8 * 60, 24 * 60, 48 * 60];
const USUAL_MINUTES = 60;

const WATCHED_MILLISECONDS = 15_000;
/** Reads a little after the end, when the server has seen it pass. */
const SPARE_MILLISECONDS = 300;
const AGAIN_MILLISECONDS = 2000;

/** The durations that a customer can choose. There is always at least one. */
export function durationsWithin({ min, max }: SupportGrantOptions['minutes']): number[] {
  const allowed = DURATIONS_MINUTES.filter((minutes) => min <= minutes && minutes <= max);
  return allowed.length > 0 ? allowed : [min];
}

/** The duration that is selected at first. */
export function usualDuration(limits: SupportGrantOptions['minutes']): number {
  const allowed = durationsWithin(limits);
  return allowed.includes(USUAL_MINUTES) ? USUAL_MINUTES : (allowed[0] ?? limits.min);
}

/** A duration in words: 15 minutes, 8 hours. */
export function durationInWords(minutes: number, language: string): string {
  const [amount, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}

/** What a session under the grant does not show, in words. */
export function hiddenOf({ messages, talks }: Visibility, words: Words): string {
  const hidden = [...(messages ? [] : [words.grant.messages]), ...(talks ? [] : [words.grant.talks])];
  return hidden.length === 0 ? words.grant.nothing : hidden.join(', ');
}

/** When a verification's grant was revoked or got other credentials, if it was; the record says which. */
export function endOfGrant({ steps }: Pick<Verification, 'steps'>): { how: 'revoked' | 'replaced'; at: string } | null {
  for (const { detail, at } of steps) {
    const how = detail !== null && typeof detail === 'object' ? ENDS[detail.kind] : undefined;
    if (how !== undefined) return { how, at };
  }
  return null;
}

const ENDS: Partial<Record<StepFacts['kind'], 'revoked' | 'replaced'>> = { 'grant-revoked': 'revoked', 'credentials-replaced': 'replaced' };

/** The name of the grant's ecosystem; null for a customer who has no other. */
export function ecosystemToName({ ecosystem }: Pick<SupportGrant, 'ecosystem'>, options: SupportGrantOptions | null): string | null {
  const choices = options?.ecosystems ?? [];
  const found = choices.find(({ id }) => id === ecosystem);
  return choices.length === 1 && found ? null : (found?.name ?? ecosystem);
}

/** What is known of a new grant once its credentials are no longer shown. */
export function asActive({ id, expires_at, visibility, access, ecosystem }: SupportCredentials): GrantView {
  return { at: 'active', grant: { id, expires_at, visibility, access, ecosystem } };
}

/** What screen readers announce when a view appears. */
export function announceView(view: GrantView, words: Words): string {
  switch (view.at) {
    case 'form':
      return '';
    case 'credentials':
      return words.remote.credentials.title;
    case 'active':
      return view.grant.session === undefined ? words.remote.active.said : words.remote.session.title(view.grant.session.agent.name);
  }
}

/**
 * How many milliseconds to wait before the next read; null if none is needed. An active grant is watched, since an agent may redeem it at
 * any moment. Credentials that are shown stay until they end.
 */
export function pauseBeforeGrantLook(view: GrantView | null, serverNow: number): number | null {
  if (view === null || view.at === 'form') return null;
  const ends = view.at === 'active' ? [view.grant.expires_at, view.grant.session?.expires_at] : [view.credentials.expires_at];
  const next = Math.min(...ends.filter((end) => end !== undefined).map((end) => Date.parse(end)));
  const left = next - serverNow + SPARE_MILLISECONDS;
  const untilEnd = left > 0 ? left : AGAIN_MILLISECONDS;
  return view.at === 'active' ? Math.min(untilEnd, WATCHED_MILLISECONDS) : untilEnd;
}
