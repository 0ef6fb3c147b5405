import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Api } from './api';
import { serverNow } from './clock';
import { type CustomersFailureKind, Failure } from './failure';
import { FailureAlert } from './failure-alert';
import { ActiveGrant } from './grant-active';
import { ShownCredentials } from './grant-credentials';
import { GrantForm } from './grant-form';
import type { SupportCredentials, SupportGrant, SupportGrantOptions } from './model';
import { Stage } from './stage';
import { useSpeech } from './words';
import type { Words } from './words/en';

/** What a customer does with his grant. */
export type GrantAct = 'offer' | 'regenerate' | 'revoke';

type View =
  | { at: 'form' }
  /** Just made, and nowhere but in this page's memory. */
  | { at: 'credentials'; credentials: SupportCredentials }
  | { at: 'active'; grant: SupportGrant };

const WATCHED_MILLISECONDS = 15_000;
const SPARE_MILLISECONDS = 300;
const AGAIN_MILLISECONDS = 2_000;

/** A customer's grant as it stands: none, just made, or active. The server says which, so that a reload loses the credentials alone. */
export function GrantPage({ api, onSignOut }: { api: Api; onSignOut: () => void }) {
  const { words } = useSpeech();
  const [view, setView] = useState<View | null>(null);
  const [options, setOptions] = useState<SupportGrantOptions | null>(null);
  const [busy, setBusy] = useState<GrantAct | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [revoked, setRevoked] = useState(false);
  /** An answer that was asked for before an act says nothing after it. */
  const turn = useRef(0);

  const look = useCallback(async () => {
    const asked = ++turn.current;
    const [grant, found] = await Promise.all([api.grant(), api.grantOptions().catch(Failure.from)]);
    if (turn.current !== asked) return;
    if (!(found instanceof Failure)) setOptions(found);
    else if (grant === null) throw found;
    setView(grant === null ? { at: 'form' } : { at: 'active', grant });
  }, [api]);
  const lookAndTell = useCallback(async () => {
    setFailure(null);
    await look().catch((error: unknown) => setFailure(Failure.from(error)));
  }, [look]);

  useEffect(() => {
    void lookAndTell();
  }, [lookAndTell]);

  const act = async (name: GrantAct, call: () => Promise<View>) => {
    const begun = ++turn.current;
    setBusy(name);
    setFailure(null);
    setRevoked(false);
    try {
      const next = await call();
      turn.current = begun + 1;
      setView(next);
      setRevoked(name === 'revoke');
    } catch (error) {
      setFailure(Failure.from(error));
      // It may have happened even so.
      await look().catch(() => undefined);
    } finally {
      setBusy(null);
    }
  };

  const close = (credentials: SupportCredentials) => {
    setView(asActive(credentials));
    void look().catch(() => undefined);
  };

  useWatch(view, busy !== null, look);

  return (
    <ContentLayout header={<Header variant="h1">{words.remote.title}</Header>}>
      <SpaceBetween size="l">
        <LiveRegion hidden>{view === null ? '' : saidOf(view, words)}</LiveRegion>
        {failure && (
          <FailureAlert
            failure={failure}
            advice={adviceOn(failure, words)}
            onDismiss={view === null ? undefined : () => setFailure(null)}
          />
        )}
        {revoked && (
          <div role="status">
            <Alert type="success" dismissible onDismiss={() => setRevoked(false)}>
              {words.remote.revoked}
            </Alert>
          </div>
        )}
        {view === null && failure === null && (
          <Box textAlign="center" padding="xxl">
            <Spinner size="large" /> <Box variant="span">{words.loading}</Box>
          </Box>
        )}
        {(view === null || (view.at === 'form' && options === null)) && failure !== null && (
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={lookAndTell}>{words.remote.again}</Button>
            <Button variant="link" onClick={onSignOut}>
              {words.navigation.signOut}
            </Button>
          </SpaceBetween>
        )}
        <Stage at={view?.at ?? null}>
          {view?.at === 'form' && options && (
            <GrantForm
              options={options}
              busy={busy !== null}
              retryAt={failure?.retryAt ?? null}
              onConfirm={(terms) => act('offer', async () => ({ at: 'credentials', credentials: await api.offer(terms) }))}
            />
          )}
          {view?.at === 'credentials' && (
            <ShownCredentials credentials={view.credentials} options={options} onClose={() => close(view.credentials)} />
          )}
          {view?.at === 'active' && (
            <ActiveGrant
              grant={view.grant}
              options={options}
              busy={busy}
              retryAt={failure?.retryAt ?? null}
              onRegenerate={() => act('regenerate', async () => ({ at: 'credentials', credentials: await api.regenerate() }))}
              onRevoke={() =>
                act('revoke', async () => {
                  await api.revoke();
                  return { at: 'form' };
                })
              }
              onSignOut={onSignOut}
            />
          )}
        </Stage>
      </SpaceBetween>
    </ContentLayout>
  );
}

/** What is left of new credentials once they are closed. */
function asActive({ id, expires_at, visibility, ecosystem }: SupportCredentials): View {
  return { at: 'active', grant: { id, expires_at, visibility, ecosystem } };
}

function saidOf(view: View, words: Words): string {
  switch (view.at) {
    case 'form':
      return '';
    case 'credentials':
      return words.remote.credentials.title;
    case 'active':
      return words.remote.active.said;
  }
}

function adviceOn({ kind }: Failure, words: Words): { title: string; next: string } {
  const { failures } = words.remote;
  return kind in failures ? failures[kind as CustomersFailureKind] : failures.unexpected;
}

/** Looks again while a grant is active, since an agent may redeem it at any moment, and when it ends. */
function useWatch(view: View | null, paused: boolean, look: () => Promise<void>): void {
  useEffect(() => {
    if (view === null || view.at === 'form' || paused) return;
    const expiresAt = Date.parse(view.at === 'active' ? view.grant.expires_at : view.credentials.expires_at);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const pause = () => {
      const left = expiresAt - serverNow() + SPARE_MILLISECONDS;
      const untilEnd = left > 0 ? left : AGAIN_MILLISECONDS;
      // Credentials that are shown stay so until they end.
      return view.at === 'active' ? Math.min(untilEnd, WATCHED_MILLISECONDS) : untilEnd;
    };
    const watch = () => {
      timer = setTimeout(async () => {
        await look().catch(() => undefined);
        if (!stopped) watch();
      }, pause());
    };
    const lookNow = () => {
      if (view.at === 'active' && document.visibilityState === 'visible') void look().catch(() => undefined);
    };
    watch();
    addEventListener('online', lookNow);
    document.addEventListener('visibilitychange', lookNow);
    return () => {
      stopped = true;
      clearTimeout(timer);
      removeEventListener('online', lookNow);
      document.removeEventListener('visibilitychange', lookNow);
    };
  }, [view, paused, look]);
}
