import '@cloudscape-design/global-styles/index.css';
import './console.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ErrorBoundary from '@cloudscape-design/components/error-boundary';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { type Config, loadConfig } from './config';
import { SpeechProvider, useSpeech } from './words';
import type { Words } from './words/en';

type Advice = Pick<Words['start'], 'failed' | 'broken'>;

function Broken({ of, what }: { of: (words: Words) => Advice; what: 'failed' | 'broken' }) {
  const { words } = useSpeech();
  return (
    <Box padding="xxl">
      <Alert type="error" header={of(words)[what].title} action={<Button onClick={() => location.reload()}>{words.start.reload}</Button>}>
        {of(words)[what].next}
      </Alert>
    </Box>
  );
}

/** Draws a page as soon as its settings are there; or says, in the page's own words, that it cannot or that it broke. */
export async function draw(content: (config: Config) => ReactNode, of: (words: Words) => Advice): Promise<void> {
  const root = document.getElementById('root');
  if (!root) return;
  let found: ReactNode;
  try {
    found = content(await loadConfig());
  } catch {
    found = <Broken of={of} what="failed" />;
  }
  createRoot(root).render(
    <StrictMode>
      <SpeechProvider>
        <ErrorBoundary onError={() => undefined} renderFallback={() => <Broken of={of} what="broken" />}>
          {found}
        </ErrorBoundary>
      </SpeechProvider>
    </StrictMode>,
  );
}
