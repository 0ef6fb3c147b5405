import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef } from 'react';
import type { Agent } from './account';
import { useWait } from './clock';
import { clockFace } from './countdown';
import { type Failure, MAYBE_DONE } from './failure';
import { useSpeech } from './words';
import type { Words } from './words/en';

interface Props {
  failure: Failure;
  /** Words that fit the place better than the failure's own and the API's. */
  advice?: { title: string; next: string } | undefined;
  onDismiss?: () => void;
}

/** What to do where a verification could not be started: it may have been all the same, if the answer was lost. */
export function adviceOnStart({ kind }: Failure, { supervisor }: Agent, words: Words): Props['advice'] {
  if (!MAYBE_DONE.includes(kind)) return undefined;
  return { title: words.failures.kinds[kind].title, next: words.failures.startLost(words.list.title(supervisor)) };
}

/** A failure in words, with what to do next; when it makes sense to try again; and what to quote when asking about it. */
export function FailureAlert({ failure, advice, onDismiss }: Props) {
  const { words, language } = useSpeech();
  const wait = useWait(failure.retryAt);
  const { title, next } = advice ?? words.failures.kinds[failure.kind];
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The button that has to wait now loses the keyboard.
    const at = document.activeElement;
    if (at === document.body || at?.matches(':disabled')) alert.current?.focus();
  }, []);
  return (
    <div ref={alert} role="alert" tabIndex={-1} className="failure">
      <Alert
        type={failure.retryAt === null ? 'error' : 'warning'}
        header={title}
        dismissible={onDismiss !== undefined}
        onDismiss={onDismiss}
      >
        <SpaceBetween size="xxs">
          <span>{next}</span>
          {failure.retryAt !== null && (
            <span aria-live="off">
              {wait > 0 ? (
                <>
                  {words.failures.retryIn} <strong className="figures">{clockFace(wait)}</strong>
                </>
              ) : (
                words.failures.retryNow
              )}
            </span>
          )}
          {failure.problem && (
            <Box fontSize="body-s" color="text-body-secondary">
              {/* The API's own sentence is English; in another language the advice above has to do. */}
              {language === 'en' && advice === undefined && failure.retryAt === null && <>{failure.problem.detail} </>}
              {words.failures.reference}: {failure.problem.request_id}
            </Box>
          )}
        </SpaceBetween>
      </Alert>
    </div>
  );
}
