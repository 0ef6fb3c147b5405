import { Account, AGENTS } from './account';
import { App } from './app';
import { Cognito } from './cognito';
import { followColors } from './colors';
import { watchHandoffs } from './handoffs';
import { draw } from './page';
import { sharingOf } from './sharing';

watchHandoffs();
followColors();
await draw(
  async (config) => {
    const account = new Account(new Cognito(config, config.agentClientId), AGENTS, sharingOf('agents'));
    await account.join();
    return <App config={config} account={account} />;
  },
  (words) => words.start,
);
