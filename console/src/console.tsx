import { createContext, useContext } from 'react';
import type { Agent } from './account';
import type { Api } from './api';
import type { Config } from './config';

/** What every page behind the sign-in needs. */
export interface Console {
  config: Config;
  api: Api;
  agent: Agent;
}

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (!found) throw new Error('ConsoleContext is missing');
  return found;
}
