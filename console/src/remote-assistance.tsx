import { Account, CUSTOMERS } from './account';
import { Cognito } from './cognito';
import { NotSetUp, Offering } from './offering';
import { draw } from './page';

/** The customers' page. */
await draw(
  (config) =>
    config.customerClientId === undefined ? (
      <NotSetUp />
    ) : (
      <Offering config={config} account={new Account(new Cognito(config, config.customerClientId), CUSTOMERS)} />
    ),
  (words) => words.remote.start,
);
