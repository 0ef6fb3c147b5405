/**
 * A session's handoffs are answered once. They stay in this tab's storage, so that a reload loses nothing, until the
 * session ends, and no longer: whoever has one can open the session.
 */

import { serverNow } from './clock';
import type { Handoff, IssuedVerification } from './model';

const PREFIX = 'handoffs/';

interface Kept {
  expiresAt: string;
  handoffs: Handoff[];
}

export function keepHandoffs(issued: IssuedVerification): void {
  const kept: Kept = { expiresAt: issued.session.expires_at, handoffs: issued.session.handoffs };
  sessionStorage.setItem(PREFIX + issued.id, JSON.stringify(kept));
  dropLater(issued.id, kept);
}

export function keptHandoffs(id: string): Handoff[] | null {
  const text = sessionStorage.getItem(PREFIX + id);
  return text === null ? null : (JSON.parse(text) as Kept).handoffs;
}

export function dropHandoffs(id: string): void {
  sessionStorage.removeItem(PREFIX + id);
}

/** Drops what died while the page was closed, and sees to the rest. */
export function watchHandoffs(): void {
  for (const id of ids()) dropLater(id, JSON.parse(sessionStorage.getItem(PREFIX + id) ?? '{}') as Kept);
}

function dropLater(id: string, kept: Kept): void {
  setTimeout(() => dropHandoffs(id), Math.max(0, Date.parse(kept.expiresAt) - serverNow()));
}

function ids(): string[] {
  return Object.keys(sessionStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => key.slice(PREFIX.length));
}
