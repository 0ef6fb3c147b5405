import type { Access } from '../../model';

/** What a session is for. */
export const access = {
  label: 'Access',
  /** Which of the two the agent asks for. */
  ask: 'What do you need to do?',
  choices: {
    view: { label: 'View', description: 'See what the customer sees. Nothing can be changed.' },
    change: { label: 'View and change', description: 'Also change things for the customer, who can limit you to viewing.' },
  } satisfies Record<Access, { label: string; description: string }>,
  is: { view: 'View only', change: 'View and change' } satisfies Record<Access, string>,
  /** In the record, after an ecosystem's name. */
  to: { view: 'to view', change: 'to view and change' } satisfies Record<Access, string>,
  narrowed: { view: 'to view only', change: 'to view and change' } satisfies Record<Access, string>,
  offer: 'Allow to change things',
};
