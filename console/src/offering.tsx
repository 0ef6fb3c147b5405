import Alert from '@cloudscape-design/components/alert';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { type ReactNode, useMemo, useSyncExternalStore } from 'react';
import type { Account, Person } from './account';
import { Api } from './api';
import type { Config } from './config';
import { Frame } from './frame';
import { GrantPage } from './grant-page';
import { SignInPage } from './sign-in';
import { useSpeech } from './words';

/** The page where customers, once signed in, offer their support provider access. */
export function Offering({ config, account }: { config: Config; account: Account<Person> }) {
  const { words } = useSpeech();
  const customer = useSyncExternalStore(account.subscribe, () => account.current)?.person ?? null;
  const api = useMemo(() => new Api(config.apiUrl, account), [config, account]);
  return (
    <Surrounded person={customer} title={customer === null ? words.signIn.title : words.remote.title} onSignOut={() => account.signOut()}>
      {customer === null ? (
        <SignInPage account={account} own={words.remote.signIn} product={words.remote.product} />
      ) : (
        <GrantPage key={customer.id} api={api} onSignOut={() => account.signOut()} />
      )}
    </Surrounded>
  );
}

/** Says that the stack's settings do not say how customers sign in. */
export function NotSetUp() {
  const { words } = useSpeech();
  return (
    <Surrounded person={null} title={words.remote.title} onSignOut={() => undefined}>
      <ContentLayout header={<Header variant="h1">{words.remote.title}</Header>}>
        <Alert type="warning" header={words.remote.notSetUp.title}>
          {words.remote.notSetUp.next}
        </Alert>
      </ContentLayout>
    </Surrounded>
  );
}

function Surrounded({ children, ...props }: { person: Person | null; title: string; onSignOut: () => void; children: ReactNode }) {
  const { words } = useSpeech();
  return (
    <Frame {...props} product={words.remote.product} home="#" contentType="form" maxContentWidth={800}>
      {children}
    </Frame>
  );
}
