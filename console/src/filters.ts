/** The filters of the list: what people type into them, and how an address holds them so that a search can be shared. */

import { addressIn } from './address';
import type { Module, Outcome, Search, Status } from './model';
import { visible } from './typed';

export interface Filters {
  id: string;
  ticket: string;
  customer: string;
  /** The id of a verification with the same customer, whose address is seen only in part. */
  of: string;
  /** Part of an agent's name or address. */
  agent: string;
  module: Module | null;
  status: Status | null;
  outcome: Outcome | null;
  /** Days by the reader's clock, as `2026-10-28`, both included. */
  from: string;
  until: string;
}

export const NO_FILTERS: Filters = {
  id: '',
  ticket: '',
  customer: '',
  of: '',
  agent: '',
  module: null,
  status: null,
  outcome: null,
  from: '',
  until: '',
};

export const MODULES = ['technical-assistance', 'ecosystem-admin', 'support-grant'] as const satisfies Module[];
export const STATUSES = [
  'started',
  'agent_challenged',
  'agent_verified',
  'awaiting_consent',
  'consented',
  'minting',
  'in_session',
  'closed',
] as const satisfies Status[];
export const OUTCOMES = ['completed', 'ended', 'cancelled', 'denied', 'expired', 'locked'] as const satisfies Outcome[];

export type Typed = 'id' | 'ticket' | 'customer' | 'of' | 'agent' | 'from' | 'until';

const ID = /(?<![\w-])[\w-]{22}(?![\w-])/u;
const TICKET = /^[\w\-./#]{1,64}$/u;
const DAY = /^\d{4}-\d{2}-\d{2}$/u;
const LONGEST_NAME = 80;

/** What people mean by what they typed or pasted into a field: nothing at all, or null if it cannot be understood. */
const UNDERSTOOD: Record<Typed, (text: string) => string | null> = {
  id: idIn,
  of: idIn,
  ticket: (text) => (TICKET.test(text) ? text : null),
  customer: addressIn,
  agent: (text) => (text.length > LONGEST_NAME ? null : text),
  from: day,
  until: day,
};

export function understood(field: Typed, text: string): string | null {
  const seen = visible(text);
  return seen === '' ? '' : UNDERSTOOD[field](seen);
}

/** People paste the whole address of a verification, or a line of an email. */
function idIn(text: string): string | null {
  return ID.exec(text)?.[0] ?? null;
}

function day(text: string): string | null {
  return DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}

export function isFiltered(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== null && value !== '');
}

/** What the API is asked for. */
export function asSearch({ from, until, agent, of, ...filters }: Filters): Search {
  const given = Object.entries(filters).filter(([, value]) => value !== null && value !== '');
  return {
    ...(Object.fromEntries(given) as Search),
    ...(of === '' ? {} : { customer_of: of }),
    ...(agent === '' ? {} : { agent_name: agent }),
    ...(from === '' ? {} : { created_from: midnight(from, 0) }),
    ...(until === '' ? {} : { created_until: midnight(until, 1) }),
  };
}

/** The beginning of a day by the reader's clock, `after` days later. */
function midnight(text: string, after: number): string {
  const [year = 0, month = 0, date = 0] = text.split('-').map(Number);
  return new Date(year, month - 1, date + after).toISOString();
}

/** For the fragment of an address, which no server is sent; empty without filters. */
export function asQuery(filters: Filters): string {
  const given = Object.entries(filters).filter(([, value]) => value !== null && value !== '');
  return new URLSearchParams(given as [string, string][]).toString();
}

/** What a fragment says, without what cannot be understood. */
export function fromQuery(query: string): Filters {
  const asked = new URLSearchParams(query);
  const typed = (field: Typed) => understood(field, asked.get(field) ?? '') ?? '';
  const one = <Name extends string>(names: readonly Name[], field: string) => names.find((name) => name === asked.get(field)) ?? null;
  return {
    id: typed('id'),
    ticket: typed('ticket'),
    customer: typed('customer'),
    of: typed('of'),
    agent: typed('agent'),
    module: one(MODULES, 'module'),
    status: one(STATUSES, 'status'),
    outcome: one(OUTCOMES, 'outcome'),
    from: typed('from'),
    until: typed('until'),
  };
}
