import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef } from 'react';
import { clockFace } from './clock-face';
import type { Failure } from './failure';
import { useBack } from './use-back';
import { useWait } from './use-clock';
import { useSpeech } from './words';
import type { Advice } from './words/advice';

interface Props {
  failure: Failure;
  /** Advice that fits the place better than the failure's own and the API's. */
  advice?: Advice | undefined;
  onDismiss?: () => void;
}

/** A failure in words: what to do next, when to try again, and the reference to quote when asking about it. */
export function FailureAlert(props: Props) {
  const connected = useBack(props.failure);
  return props.failure.kind === 'offline' && connected ? null : <Told {...props} />;
}

function Told({ failure, advice, onDismiss }: Props) {
  const { words, language } = useSpeech();
  const wait = useWait(failure.retryAt);
  const { title, next } = advice ?? words.failures.kinds[failure.kind];
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A button that is disabled now loses the focus.
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
              {/* The API's own sentence is English. In another language the advice above must suffice. */}
              {language === 'en' && advice === undefined && failure.retryAt === null && <>{failure.problem.detail} </>}
              {words.failures.reference}: {failure.problem.request_id}
            </Box>
          )}
        </SpaceBetween>
      </Alert>
    </div>
  );
}
