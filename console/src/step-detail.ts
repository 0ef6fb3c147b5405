/** A step's detail is the record's own English, which is sealed as it is. The phrases that are known are said in the reader's language. */

import type { Environment, Step, Verification } from './model';
import { isShown } from './model';
import type { Words } from './words/en';

/** The detail in the reader's language; null if it is none of the known phrases. */
export function worded({ action, detail }: Pick<Step, 'action' | 'detail'>, { customer }: Verification, words: Words): string | null {
  const { details } = words.record;
  const ecosystem = (id = '') => (isShown(customer) && customer.ecosystems.find((each) => each.id === id)?.name) || id;
  const environment = (name: string) => words.environments[name as Environment] ?? name;
  const read = <Answer>(form: RegExp, say: (...parts: string[]) => Answer): Answer | null => {
    const found = form.exec(detail);
    return found && say(...found.slice(1));
  };

  if (Object.hasOwn(details.phrases, detail)) return details.phrases[detail as keyof typeof details.phrases];
  switch (action) {
    case 'handoff-redeemed':
      return environment(detail);
    case 'agent-code-sent':
      return read(/^sending (\d+) of (\d+)$/u, (n = '', of = '') => details.sending(n, of));
    case 'consent-asked':
      return read(/^ecosystem (.+), sending (\d+) of (\d+)$/u, (id, n = '', of = '') => `${ecosystem(id)}, ${details.sending(n, of)}`);
    case 'agent-code-refused':
    case 'consent-code-refused':
    case 'locked':
      return read(/^wrong entry (\d+) of (\d+)$/u, (n = '', of = '') => details.wrongEntry(n, of));
    case 'mint-started':
      return read(/^attempt (\d+)$/u, (n = '') => details.attempt(n));
    case 'session-started':
      return read(
        /^ecosystem (.+): ([a-z, ]+)$/u,
        (id, names = '') => `${ecosystem(id)}: ${names.split(', ').map(environment).join(', ')}`,
      );
    case 'started':
      return read(/^support grant \S+$/u, () => details.underGrant);
    default:
      return null;
  }
}
