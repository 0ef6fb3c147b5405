import Alert from '@cloudscape-design/components/alert';
import type { Verification } from './model';
import { undelivered } from './returned-emails';
import { useSpeech } from './words';

/** Says which email did not arrive, and what to do about it. */
export function Undelivered({ verification }: { verification: Verification }) {
  const { words } = useSpeech();
  return undelivered(verification).map((email) => (
    <Alert key={email} type="warning" header={words.undelivered.title}>
      {words.undelivered.emails[email]}
    </Alert>
  ));
}
