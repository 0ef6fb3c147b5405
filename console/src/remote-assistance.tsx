import { Account, CUSTOMERS } from './account';
import { Cognito } from './cognito';
import { NotSetUp, Offering } from './offering';
import { draw } from './page';
import { sharingOf } from './sharing';

/** The customers' page. */
await draw(
  async (config) => {
    if (config.customerClientId === undefined) return <NotSetUp />;
    const account = new Account(new Cognito(config, config.customerClientId), CUSTOMERS, sharingOf('customers'));
    await account.join();
    return <Offering config={config} account={account} />;
  },
  (words) => words.remote.start,
);
