import Alert from '@cloudscape-design/components/alert';
import { useEffect, useRef, useState } from 'react';
import type { SentCode } from './model';
import { useSpeech } from './words';

interface Props {
  code: SentCode;
  /** The verification number that belongs to the code, if there is one. */
  number: string | null;
}

/** Confirms that a code was sent again, here or in another tab, and says what has become of the verification number. */
export function SentAgain({ code, number }: Props) {
  const { words } = useSpeech();
  const known = useRef({ sent: code.resend_at, number });
  const [before, setBefore] = useState<{ number: string | null } | null>(null);
  useEffect(() => {
    if (known.current.sent === code.resend_at) return;
    setBefore({ number: known.current.number });
    known.current = { sent: code.resend_at, number };
  }, [code.resend_at, number]);
  return (
    <div role="status">
      {before !== null && (
        <Alert type="success" dismissible onDismiss={() => setBefore(null)}>
          {words.codes.sentAgain(code.sent_to)}{' '}
          {number !== null &&
            before.number !== null &&
            (number === before.number ? words.codes.numberSame(number) : words.codes.numberChanged(before.number, number))}
        </Alert>
      )}
    </div>
  );
}
