import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { useSpeech } from './words';
import type { Words } from './words/en';

/** What a page says of itself when it cannot start, and when it fails. */
export type StartAdvice = Pick<Words['start'], 'failed' | 'broken'>;

/** What is left of a page that could not start, or failed. */
export function Broken({ of, what }: { of: (words: Words) => StartAdvice; what: 'failed' | 'broken' }) {
  const { words } = useSpeech();
  return (
    <Box padding="xxl">
      <Alert type="error" header={of(words)[what].title} action={<Button onClick={() => location.reload()}>{words.start.reload}</Button>}>
        {of(words)[what].next}
      </Alert>
    </Box>
  );
}
