import Alert from '@cloudscape-design/components/alert';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Account, Agent } from './account';
import { forgetLookUps } from './again';
import { Api } from './api';
import type { Config } from './config';
import { ConsoleContext } from './console';
import { Frame } from './frame';
import type { Module } from './model';
import { RecoveryPage } from './recovery';
import { RedeemPage } from './redeem';
import { go, HOME, href, type Route, useRoute } from './route';
import { SignInPage } from './sign-in';
import { StartPage } from './start';
import { VerificationPage } from './verification';
import { VerificationsPage } from './verifications';
import { useSpeech } from './words';
import type { Words } from './words/en';

export function App({ config, account }: { config: Config; account: Account<Agent> }) {
  const { words } = useSpeech();
  const route = useRoute();
  const signedIn = useSyncExternalStore(account.subscribe, () => account.current);
  const agent = signedIn?.person ?? null;
  const api = useMemo(() => new Api(config.apiUrl, account), [config, account]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person begins with nothing.
  useEffect(forgetLookUps, [agent?.id]);
  const title = titleOf(route, agent, words);

  return (
    <Frame
      product={words.product}
      home={href(HOME)}
      title={title}
      person={agent}
      role={agent?.supervisor ? words.navigation.supervisor : words.navigation.agent}
      onSignOut={() => account.signOut()}
      onChangePassword={() => go({ page: 'recovery', back: route.page === 'recovery' ? route.back : route })}
      navigation={agent === null ? undefined : <Navigation route={route} agent={agent} />}
      breadcrumbs={
        agent === null ? null : (
          <BreadcrumbGroup
            items={[
              { text: words.navigation.title, href: href(HOME) },
              { text: title, href: href(route) },
            ]}
          />
        )
      }
      contentType={route.page === 'verifications' ? 'table' : 'default'}
      maxContentWidth={route.page === 'verifications' ? undefined : 1160}
    >
      {route.page === 'recovery' ? (
        <RecoveryPage api={api} back={route.back} agent={agent} onChanged={() => void account.signOut()} />
      ) : agent === null ? (
        <SignInPage
          account={account}
          own={words.signIn}
          product={words.product}
          forgot={<Link href={href({ page: 'recovery', back: route })}>{words.recovery.link}</Link>}
        />
      ) : agent.allowed ? (
        <ConsoleContext value={{ config, api, agent }}>
          <Page route={route} />
        </ConsoleContext>
      ) : (
        <NotAllowed onSignOut={() => account.signOut()} />
      )}
    </Frame>
  );
}

function Page({ route }: { route: Exclude<Route, { page: 'recovery' }> }) {
  switch (route.page) {
    case 'start':
      return route.module === 'support-grant' ? <RedeemPage /> : <StartPage key={route.module} module={route.module} />;
    case 'verifications':
      return <VerificationsPage query={route.query} />;
    case 'verification':
      return <VerificationPage key={route.id} id={route.id} module={route.module} view={route.view} />;
  }
}

function titleOf(route: Route, agent: Agent | null, words: Words): string {
  if (route.page === 'recovery') return agent === null ? words.recovery.title : words.recovery.change;
  if (agent === null) return words.signIn.title;
  return route.page === 'verifications' ? words.list.title(agent.supervisor) : words.modules[moduleOf(route)].title;
}

function moduleOf(route: Route): Module {
  return 'module' in route ? route.module : 'technical-assistance';
}

const MODULES: Module[] = ['technical-assistance', 'ecosystem-admin', 'support-grant'];

/** The modules of User Support, and the list that belongs to all of them. */
function Navigation({ route, agent }: { route: Route; agent: Agent }) {
  const { words } = useSpeech();
  const items: SideNavigationProps.Item[] = [
    ...MODULES.map((module) => ({
      type: 'link' as const,
      text: words.modules[module].title,
      href: href({ page: 'start', module }),
    })),
    { type: 'divider' },
    { type: 'link', text: words.list.title(agent.supervisor), href: href({ page: 'verifications', query: '' }) },
  ];
  return (
    <SideNavigation
      header={{ text: words.navigation.title, href: href(HOME) }}
      items={items}
      activeHref={href(route.page === 'verifications' ? { page: 'verifications', query: '' } : { page: 'start', module: moduleOf(route) })}
    />
  );
}

function NotAllowed({ onSignOut }: { onSignOut: () => void }) {
  const { words } = useSpeech();
  return (
    <ContentLayout header={<Header variant="h1">{words.navigation.title}</Header>}>
      <Alert type="error" header={words.signIn.notAllowed.title} action={<Button onClick={onSignOut}>{words.navigation.signOut}</Button>}>
        {words.signIn.notAllowed.next}
      </Alert>
    </ContentLayout>
  );
}
