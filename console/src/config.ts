/** Where this console's API and users are. Written where the console is served, so that one build fits every stack. */
export interface Config {
  apiUrl: string;
  region: string;
  agentPoolId: string;
  agentClientId: string;
  /** Set on a developer's machine only. */
  cognitoEndpoint?: string;
  /** The customer's page, so that an agent can say which address is the right one. */
  consentUrl?: string;
  /** Whose entry of the customer's code is consent: the customer's and the agent's, or the agent's alone. `both` where nothing is said. */
  consentMode?: 'both' | 'agent-entry';
  /** The customers' pool and their own app client. Without them nobody can offer access on `remote-assistance.html`. */
  customerPoolId?: string;
  customerClientId?: string;
}

const NEEDED = ['apiUrl', 'region', 'agentPoolId', 'agentClientId'] as const;

export async function loadConfig(): Promise<Config> {
  const answer = await fetch('/config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`/config.json: ${answer.status}`);
  const found: unknown = await answer.json();
  if (!isConfig(found)) throw new Error(`/config.json: ${NEEDED.join(', ')}`);
  return { ...found, apiUrl: found.apiUrl.replace(/\/$/, '') };
}

function isConfig(found: unknown): found is Config {
  return typeof found === 'object' && found !== null && NEEDED.every((name) => typeof Reflect.get(found, name) === 'string');
}
