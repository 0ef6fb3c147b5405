import '@cloudscape-design/global-styles/index.css';
import './console.css';
import ErrorBoundary from '@cloudscape-design/components/error-boundary';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Broken, type StartAdvice } from './broken';
import { type Config, loadConfig } from './config';
import type { Words } from './words/en';
import { SpeechProvider } from './words/provider';

/** Draws a page as soon as its settings are loaded; or says, in the page's own words, that it cannot start or that it failed. */
export async function draw(content: (config: Config) => ReactNode | Promise<ReactNode>, of: (words: Words) => StartAdvice): Promise<void> {
  const root = document.getElementById('root');
  if (!root) return;
  let found: ReactNode;
  try {
    found = await content(await loadConfig());
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
