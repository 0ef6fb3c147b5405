/** What a successor's activity shows: processes of the directory, and steps of the verification. */

import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ActivityDetail, ActivityItem, Status, Verification } from './model';
import { factsInWords } from './step-detail';
import type { Words } from './words/en';

const WITH_ACTIVITY: Status[] = ['consented', 'minting', 'in_session'];

/** Whether the successor's activity can be read: from their authorization on. */
export function hasActivity({ module, status }: Pick<Verification, 'module' | 'status'>): boolean {
  return module === 'ecosystem-admin' && WITH_ACTIVITY.includes(status);
}

/** The title of an item: a step's action in words, or the directory's own title of a process. */
export function titleOf({ kind, title }: ActivityItem, words: Words): string {
  return (kind === 'verification' && named(words.record.actions, title)) || title;
}

/** The detail of an item: the facts of a step in words, or a text as it is. Empty if it has none. */
export function detailOf({ detail }: Pick<ActivityDetail, 'detail'>, { customer }: Pick<Verification, 'customer'>, words: Words): string {
  return typeof detail === 'object' && detail !== null ? factsInWords(detail, customer, words) : (detail ?? '');
}

const LOOKS: Record<string, StatusIndicatorProps.Type> = {
  waiting: 'pending',
  'in-progress': 'in-progress',
  done: 'success',
  rejected: 'error',
};

/** A status that the directory gave, in words if it is a known one, and how it looks. */
export function statusOf(status: string, words: Words): { look: StatusIndicatorProps.Type; text: string } {
  return { look: named(LOOKS, status) ?? 'info', text: named(words.activity.statuses, status) ?? status };
}

/** The value of a name, which may be any text: `constructor`, for example. */
export function named<T>(known: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
