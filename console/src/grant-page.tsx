import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useCallback, useEffect, useRef, useState } from 'react';
import { serverNow } from '../../pages/consent/server-clock.js';
import { adviceOnOffer } from './advice';
import type { Api } from './api';
import { Failure } from './failure';
import { FailureAlert } from './failure-alert';
import { announceView, asActive, type GrantAct, type GrantView, pauseBeforeGrantLook } from './grant';
import { ActiveGrant } from './grant-active';
import { ShownCredentials } from './grant-credentials';
import { GrantForm } from './grant-form';
import { RunningSession } from './grant-session';
import type { SupportCredentials, SupportGrantOptions } from './model';
import { Stage } from './stage';
import { CLOCK_MOVED } from './use-clock';
import { useSpeech } from './words';

/** A customer's grant: none, just created, or active. The server says which, so a reload loses only the credentials. */
export function GrantPage({ api, onSignOut }: { api: Api; onSignOut: () => void }) {
  const { words } = useSpeech();
  const [view, setView] = useState<GrantView | null>(null);
  const [options, setOptions] = useState<SupportGrantOptions | null>(null);
  const [busy, setBusy] = useState<GrantAct | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [revoked, setRevoked] = useState(false);
  /** Counts the calls: an answer to a call from before an act is out of date after it. */
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

  const act = async (name: GrantAct, call: () => Promise<GrantView>) => {
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
      // The act may have been carried out nevertheless.
      await look().catch(() => undefined);
    } finally {
      setBusy(null);
    }
  };

  const close = (credentials: SupportCredentials) => {
    setView(asActive(credentials));
    void look().catch(() => undefined);
  };

  /** Ends a session that is running, too. */
  const revoke = () =>
    act('revoke', async () => {
      await api.revoke();
      return { at: 'form' };
    });

  useWatch(view, busy !== null, look);

  return (
    <ContentLayout header={<Header variant="h1">{words.remote.title}</Header>}>
      <SpaceBetween size="l">
        <LiveRegion hidden>{view === null ? '' : announceView(view, words)}</LiveRegion>
        {failure && (
          <FailureAlert
            failure={failure}
            advice={adviceOnOffer(failure, words)}
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
            <SpaceBetween size="l">
              {view.grant.session && <RunningSession session={view.grant.session} busy={busy === 'revoke'} onEnd={revoke} />}
              <ActiveGrant
                grant={view.grant}
                options={options}
                busy={busy}
                retryAt={failure?.retryAt ?? null}
                onRegenerate={() => act('regenerate', async () => ({ at: 'credentials', credentials: await api.regenerate() }))}
                onRevoke={revoke}
                onSignOut={onSignOut}
              />
            </SpaceBetween>
          )}
        </Stage>
      </SpaceBetween>
    </ContentLayout>
  );
}

/** Reads again while a grant is active and when it ends. */
function useWatch(view: GrantView | null, paused: boolean, look: () => Promise<void>): void {
  useEffect(() => {
    if (paused || pauseBeforeGrantLook(view, serverNow()) === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const watch = () => {
      timer = setTimeout(async () => {
        await look().catch(() => undefined);
        if (!stopped) watch();
      }, pauseBeforeGrantLook(view, serverNow()) ?? undefined);
    };
    const lookNow = () => {
      if (view?.at === 'active' && document.visibilityState === 'visible') void look().catch(() => undefined);
    };
    watch();
    addEventListener('online', lookNow);
    addEventListener(CLOCK_MOVED, lookNow);
    document.addEventListener('visibilitychange', lookNow);
    return () => {
      stopped = true;
      clearTimeout(timer);
      removeEventListener('online', lookNow);
      removeEventListener(CLOCK_MOVED, lookNow);
      document.removeEventListener('visibilitychange', lookNow);
    };
  }, [view, paused, look]);
}
