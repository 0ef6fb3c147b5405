import { useCallback, useEffect, useRef, useState } from 'react';
import type { Api } from './api';
import { serverNow, useIsPast } from './clock';
import { Failure, type FailureKind } from './failure';
import { dropHandoffs } from './handoffs';
import type { Status, Verification } from './model';

/** What an agent does to a verification. */
export type Act = 'challenge' | 'enter-own' | 'ask' | 'enter-customers' | 'issue' | 'cancel';

export interface Process {
  verification: Verification;
  /** Whether its session is over by the clock, which needs no server: what the server says of it follows. */
  over: boolean;
  /** The act that is under way. */
  busy: Act | null;
  /** The last act's failure, until the next act. */
  failure: { act: Act; failure: Failure } | null;
  dismiss: () => void;
  /** Whether the last look at the server failed, and where it stands may have changed. */
  stale: boolean;
  /** Does it, and answers whether it was done. */
  act: (act: Act, call: () => Promise<Verification>) => Promise<boolean>;
}

const WATCHED_MILLISECONDS = 2_000;
const QUIET_MILLISECONDS = 15_000;
const FAILED_MILLISECONDS = 4_000;
/** How often a closed one is looked at for what its record still lacks, which comes within a minute or two, or never. */
const RECORD_LOOKS = 12;

/** Whether others, or time alone, may move a verification at any moment. */
const WATCHED: Record<Status, boolean> = {
  started: false,
  agent_challenged: false,
  agent_verified: false,
  awaiting_consent: true,
  consented: true,
  minting: true,
  in_session: true,
  closed: false,
};

/**
 * Whether nothing follows any more. Every read says at once that it is over, but an end by the clock gets its step later, and that the
 * customer was told comes after the end. Who was never asked is not told.
 */
function isWhole({ status, outcome, module, steps }: Verification): boolean {
  if (status !== 'closed') return false;
  const end = steps.findIndex(({ action }) => action === outcome);
  const asked = module === 'support-grant' || steps.some(({ action }) => action === 'consent-asked');
  return end >= 0 && (!asked || steps.slice(end).some(({ action }) => action === 'customer-told'));
}

/** After these, a verification that has moved says more than the failure. */
const SAID_BY_THE_MOVE: FailureKind[] = ['wrong-step', 'code-refused', 'conflict'];

/** A verification as it stands, looked at again and again; or why it cannot be shown. */
export function useProcess(api: Api, id: string): Process | Failure | null {
  const [verification, setVerification] = useState<Verification | null>(null);
  const [unread, setUnread] = useState<Failure | null>(null);
  const [busy, setBusy] = useState<Act | null>(null);
  const [failure, setFailure] = useState<Process['failure']>(null);
  const latest = useRef<Verification | null>(null);

  const take = useCallback((found: Verification) => {
    setUnread(null);
    const known = latest.current;
    // The record only grows, so an answer with less of it was overtaken on its way.
    if (known && (found.steps.length < known.steps.length || (known.status === 'closed' && found.status !== 'closed'))) return;
    latest.current = found;
    if (found.status === 'closed') dropHandoffs(found.id);
    setVerification(found);
  }, []);

  const over = useIsPast(verification?.status === 'in_session' ? (verification.session?.expires_at ?? null) : null);
  useEffect(() => {
    if (over) dropHandoffs(id);
  }, [over, id]);

  const status = verification?.status;
  const done = (verification !== null && isWhole(verification)) || unread?.kind === 'not-found';
  useEffect(() => {
    if (done) return;
    let stopped = false;
    let looking = false;
    let failed: Failure | null = null;
    let looksLeft = status === 'closed' ? RECORD_LOOKS : Infinity;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const look = async () => {
      if (looking) return;
      looking = true;
      looksLeft -= 1;
      clearTimeout(timer);
      try {
        const found = await api.read(id);
        if (stopped) return;
        take(found);
        failed = null;
      } catch (error) {
        if (stopped) return;
        failed = Failure.from(error);
        setUnread(failed);
      } finally {
        looking = false;
        if (!stopped && looksLeft > 0) timer = setTimeout(look, pause());
      }
    };
    const pause = () => {
      const known = latest.current;
      if (failed || !known) return Math.max(FAILED_MILLISECONDS, (failed?.retryAt ?? 0) - Date.now());
      if (known.status === 'closed') return QUIET_MILLISECONDS;
      const usual = WATCHED[known.status] ? WATCHED_MILLISECONDS : QUIET_MILLISECONDS;
      const untilDeadline = Date.parse(known.expires_at ?? '') - serverNow() + 200;
      return untilDeadline > 0 ? Math.min(usual, untilDeadline) : Math.min(usual, WATCHED_MILLISECONDS);
    };
    const lookNow = () => {
      // Whoever says when to come back is not asked before.
      if (document.visibilityState === 'visible' && Date.now() >= (failed?.retryAt ?? 0)) void look();
    };

    if (latest.current) timer = setTimeout(look, pause());
    else void look();
    addEventListener('online', lookNow);
    document.addEventListener('visibilitychange', lookNow);
    return () => {
      stopped = true;
      clearTimeout(timer);
      removeEventListener('online', lookNow);
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
        const moved = latest.current?.status !== before;
        if (!moved || !SAID_BY_THE_MOVE.includes(happened.kind)) setFailure({ act: name, failure: happened });
        return false;
      } finally {
        setBusy(null);
      }
    },
    [api, id, take],
  );
  const dismiss = useCallback(() => setFailure(null), []);

  if (!verification || unread?.kind === 'not-found') return unread;
  return { verification, over, busy, failure, dismiss, stale: unread !== null && status !== 'closed', act };
}
