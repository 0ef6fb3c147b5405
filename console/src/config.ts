import { measureBy } from '../../pages/consent/server-clock.js';

/** Where this console's API and users are. It is written where the console is served, so that one build fits every stack. */
export interface Config {
  apiUrl: string;
  region: string;
  agentPoolId: string;
  agentClientId: string;
  /** Set only on a developer's machine. */
  cognitoEndpoint?: string;
  /** The consent page, so that an agent can say which address is the right one. */
  consentUrl?: string;
  /** Who must enter the customer's code: the customer and the agent, or the agent alone. `both` if it is missing. */
  consentMode?: 'both' | 'agent-entry';
  /** The customers' pool and its app client. Without them nobody can offer access on `remote-assistance.html`. */
  customerPoolId?: string;
  customerClientId?: string;
}

const TRAILING_SLASH = /\/$/u;
const NEEDED = ['apiUrl', 'region', 'agentPoolId', 'agentClientId'] as const;

export async function loadConfig(): Promise<Config> {
  const sent = performance.now();
  const answer = await fetch('/config.json', { cache: 'no-store' });
  measureBy(answer, sent);
  if (!answer.ok) throw new Error(`/config.json: ${answer.status}`);
  const found: unknown = await answer.json();
  if (!isConfig(found)) throw new Error(`/config.json: ${NEEDED.join(', ')}`);
  return { ...found, apiUrl: found.apiUrl.replace(TRAILING_SLASH, '') };
}

function isConfig(found: unknown): found is Config {
  return typeof found === 'object' && found !== null && NEEDED.every((name) => typeof Reflect.get(found, name) === 'string');
}
