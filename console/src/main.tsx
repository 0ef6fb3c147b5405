import { Account, AGENTS } from './account';
import { App } from './app';
import { Cognito } from './cognito';
import { watchHandoffs } from './handoffs';
import { draw } from './page';

watchHandoffs();
await draw(
  (config) => <App config={config} account={new Account(new Cognito(config, config.agentClientId), AGENTS)} />,
  (words) => words.start,
);
