import { useCallback, useEffect, useRef, useState } from 'react';
import { serverNow } from '../../pages/consent/server-clock.js';
import type { Api } from './api';
import { Failure } from './failure';
import { dropHandoffs } from './handoffs';
import type { Verification } from './model';
import {
  type Act,
  isComplete,
  isOvertaken,
  looksFor,
  mayLookNow,
  needsTelling,
  type Process,
  pauseBeforeLook,
  SOON_MILLISECONDS,
} from './process';
import { CLOCK_MOVED, useIsPast } from './use-clock';

/** A verification, read again and again; or the reason why it cannot be shown; or null before the first answer. */
export function useProcess(api: Api, id: string): Process | Failure | null {
  const [verification, setVerification] = useState<Verification | null>(null);
  const [unread, setUnread] = useState<Failure | null>(null);
  const [busy, setBusy] = useState<Act | null>(null);
  const [failure, setFailure] = useState<Process['failure']>(null);
  const latest = useRef<Verification | null>(null);
  const movedAt = useRef(serverNow());
  const soon = useRef<() => void>(() => undefined);

  const take = useCallback((found: Verification) => {
    setUnread(null);
    if (isOvertaken(found, latest.current)) return;
    if (found.steps.length !== latest.current?.steps.length) movedAt.current = serverNow();
    latest.current = found;
    if (found.status === 'closed') dropHandoffs(found.id);
    setVerification(found);
  }, []);

  const over = useIsPast(verification?.status === 'in_session' ? (verification.session?.expires_at ?? null) : null);
  useEffect(() => {
    if (over) dropHandoffs(id);
  }, [over, id]);

  const status = verification?.status;
  const done = (verification !== null && isComplete(verification)) || unread?.kind === 'not-found';
  useEffect(() => {
    if (done) return;
    let stopped = false;
    let looking = false;
    let failed: Failure | null = null;
    let looksLeft = looksFor(status);
    let timer: ReturnType<typeof setTimeout> | undefined;

    const look = async () => {
      if (looking) return;
      looking = true;
      looksLeft -= 1;
      clearTimeout(timer);
      // An answer that is older than what is known is dropped.
      const found = await api.read(id, { fresh: latest.current === null }).catch(Failure.from);
      looking = false;
      if (stopped) return;
      if (found instanceof Failure) {
        setUnread(found);
      } else {
        take(found);
        // The connection is back.
        setFailure((told) => (told?.failure.kind === 'offline' ? null : told));
      }
      failed = found instanceof Failure ? found : null;
      if (looksLeft > 0) lookLater();
    };
    const lookLater = () => {
      const moment = { now: serverNow(), movedAt: movedAt.current, hidden: document.visibilityState === 'hidden' };
      timer = setTimeout(look, pauseBeforeLook(latest.current, failed, moment));
    };
    const lookNow = () => {
      if (document.visibilityState === 'visible' && mayLookNow(failed, serverNow())) void look();
    };
    soon.current = () => {
      movedAt.current = serverNow();
      clearTimeout(timer);
      timer = setTimeout(look, SOON_MILLISECONDS);
    };

    if (latest.current) lookLater();
    else void look();
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
  }, [api, id, status, done, take]);

  const act = useCallback<Process['act']>(
    async (name, call) => {
      setBusy(name);
      setFailure(null);
      const before = latest.current?.status;
      try {
        take(await call());
        return true;
      } catch (error) {
        const happened = Failure.from(error);
        await api.read(id).then(take, () => undefined);
        if (needsTelling(happened, latest.current?.status !== before)) setFailure({ act: name, failure: happened });
        return false;
      } finally {
        setBusy(null);
      }
    },
    [api, id, take],
  );
  const dismiss = useCallback(() => setFailure(null), []);
  const lookSoon = useCallback(() => soon.current(), []);

  if (!verification || unread?.kind === 'not-found') return unread;
  return { verification, over, busy, failure, dismiss, stale: unread !== null && status !== 'closed', lookSoon, act };
}
