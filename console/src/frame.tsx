import Alert from '@cloudscape-design/components/alert';
import AppLayoutToolbar, { type AppLayoutToolbarProps } from '@cloudscape-design/components/app-layout-toolbar';
import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { type ReactNode, useEffect, useState } from 'react';
import type { Person } from './account';
import { LANGUAGES, type Language, useSpeech } from './words';

interface Props extends Pick<AppLayoutToolbarProps, 'navigation' | 'breadcrumbs' | 'contentType' | 'maxContentWidth'> {
  product: string;
  home: string;
  /** What the page shows, for the window title. */
  title: string;
  person: Person | null;
  /** The person's role on this page. */
  role?: string;
  onSignOut: () => void;
  /** Missing where people change their password elsewhere. */
  onChangePassword?: () => void;
  children: ReactNode;
}

/** The frame of every page: the bar with the language and the signed-in person, a link past it, and a warning when the network is gone. */
export function Frame({ product, home, title, person, role, onSignOut, onChangePassword, children, ...layout }: Props) {
  const { words } = useSpeech();
  const online = useOnline();

  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);

  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to the content; the script only spares the fragment. */}
      <a className="skip" href="#content" onClick={skip}>
        {words.skip}
      </a>
      {/* biome-ignore lint/correctness/useUniqueElementIds: a page has one frame, and the layout finds its bar by the id. */}
      <div id="top">
        <TopBar product={product} home={home} person={person} role={role} onSignOut={onSignOut} onChangePassword={onChangePassword} />
      </div>
      <AppLayoutToolbar
        {...layout}
        headerSelector="#top"
        toolsHide
        navigationHide={layout.navigation === undefined}
        notifications={
          online ? null : (
            <div role="alert">
              <Alert type="warning">{words.failures.offlineNow}</Alert>
            </div>
          )
        }
        content={
          // biome-ignore lint/correctness/useUniqueElementIds: a page has one frame, and the link above leads here.
          <div id="content" tabIndex={-1}>
            {children}
          </div>
        }
      />
    </>
  );
}

type BarProps = Pick<Props, 'product' | 'home' | 'person' | 'role' | 'onSignOut' | 'onChangePassword'>;

function TopBar({ product, home, person, role, onSignOut, onChangePassword }: BarProps) {
  const { words, language, choose } = useSpeech();
  const utilities: TopNavigationProps.Utility[] = [
    {
      type: 'menu-dropdown',
      text: words.language,
      ariaLabel: `${words.navigation.language}: ${words.language}`,
      iconName: 'globe',
      disableUtilityCollapse: true,
      items: Object.entries(LANGUAGES).map(([id, { language: text }]) => ({
        id,
        text,
        lang: id,
        itemType: 'checkbox',
        checked: id === language,
      })),
      onItemClick: ({ detail }) => choose(detail.id as Language),
    },
  ];
  if (person !== null) {
    utilities.push({
      type: 'menu-dropdown',
      text: person.name,
      description: role === undefined ? person.email : `${person.email} · ${role}`,
      ariaLabel: `${words.navigation.account}: ${person.name}`,
      iconName: 'user-profile',
      items: [
        ...(onChangePassword === undefined ? [] : [{ id: 'change-password', text: words.recovery.change }]),
        { id: 'sign-out', text: words.navigation.signOut },
      ],
      onItemClick: ({ detail }) => (detail.id === 'change-password' ? onChangePassword?.() : onSignOut()),
    });
  }
  return <TopNavigation identity={{ title: product, href: home }} utilities={utilities} />;
}

function skip(event: { preventDefault: () => void }): void {
  // The fragment holds the route.
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return online;
}
