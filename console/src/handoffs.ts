/**
 * A session's handoffs are answered once. They stay in this tab's storage, so that a reload loses nothing, but only until the
 * session ends: anyone who has one can open the session.
 */

import { serverNow } from '../../pages/consent/server-clock.js';
import { tab } from './kept';
import type { Environment, Handoff, IssuedVerification, Step, Verification } from './model';

const PREFIX = 'handoffs/';

interface Kept {
  expiresAt: string;
  handoffs: Handoff[];
}

export function keepHandoffs(issued: IssuedVerification): void {
  const kept: Kept = { expiresAt: issued.session.expires_at, handoffs: issued.session.handoffs };
  tab.set(PREFIX + issued.id, JSON.stringify(kept));
  dropLater(issued.id, kept);
}

export function keptHandoffs(id: string): Handoff[] | null {
  const text = tab.get(PREFIX + id);
  return text === undefined ? null : (JSON.parse(text) as Kept).handoffs;
}

export function dropHandoffs(id: string): void {
  tab.delete(PREFIX + id);
}

/** Drops the handoffs that expired while the page was closed, and plans to drop the others. */
export function watchHandoffs(): void {
  for (const id of ids()) dropLater(id, JSON.parse(tab.get(PREFIX + id) ?? '{}') as Kept);
}

function dropLater(id: string, kept: Kept): void {
  setTimeout(() => dropHandoffs(id), Math.max(0, Date.parse(kept.expiresAt) - serverNow()));
}

function ids(): string[] {
  return [...tab.keys()].filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
}

/** Whether the record says that this environment has redeemed its handoff. */
export function wasOpened({ steps }: Pick<Verification, 'steps'>, environment: Environment): boolean {
  return steps.some(({ action, detail }) => action === 'handoff-redeemed' && environmentOf(detail) === environment);
}

/** Steps that were recorded before details were data have the environment's name as a text. */
function environmentOf(detail: Step['detail']): string | null {
  if (typeof detail === 'string') return detail;
  return detail?.kind === 'environment' ? detail.environment : null;
}
