/**
 * A sign-in is handed from tab to tab: a new tab asks, and one that is signed in answers. Nothing is stored that outlives the tabs. Pages of
 * other origins hear nothing of it.
 */

import type { Tokens } from './cognito';

type Message = { asks: true } | { tokens: Tokens } | { leaves: string };

/** How long a new tab waits for an answer. The others are on the same machine. */
const PATIENCE_MILLISECONDS = 250;

export interface Sharing {
  /** The tokens of another tab; null if none is signed in. */
  ask: () => Promise<Tokens | null>;
  /** Tells the other tabs that a person has signed out. */
  leave: (person: string) => void;
  /** Answers the other tabs from now on. */
  answer: (current: () => Tokens | null, left: (person: string) => void) => void;
}

/** Sharing among the tabs of one kind of user. Where the browser has no such channel, each tab stays alone. */
export function sharingOf(name: string): Sharing {
  if (typeof BroadcastChannel === 'undefined') return { ask: async () => null, leave: () => undefined, answer: () => undefined };
  const channel = new BroadcastChannel(`sign-in/${name}`);
  const send = (message: Message) => channel.postMessage(message);
  return {
    ask: () =>
      new Promise((resolve) => {
        const hear = ({ data }: MessageEvent<Message>) => {
          if ('tokens' in data) finish(data.tokens);
        };
        const finish = (tokens: Tokens | null) => {
          channel.removeEventListener('message', hear);
          clearTimeout(timer);
          resolve(tokens);
        };
        const timer = setTimeout(finish, PATIENCE_MILLISECONDS, null);
        channel.addEventListener('message', hear);
        send({ asks: true });
      }),
    leave: (person) => send({ leaves: person }),
    answer: (current, left) =>
      channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
        const tokens = current();
        if ('asks' in data && tokens !== null) send({ tokens });
        if ('leaves' in data) left(data.leaves);
      }),
  };
}
