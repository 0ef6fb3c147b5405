import { createContext, useContext } from 'react';
import { en, type Words } from './en';
import { es } from './es';

export const LANGUAGES = { en, es };
export type Language = keyof typeof LANGUAGES;

export interface Speech {
  language: Language;
  words: Words;
  choose: (language: Language) => void;
  /** A server time, for people. */
  dateTime: (time: string) => string;
  /** The same with its time zone, for readers who may be in another. */
  zonedTime: (time: string) => string;
  /** The same as `dateTime`, shorter. */
  shortTime: (time: string) => string;
}

export const SpeechContext = createContext<Speech | null>(null);

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (!speech) throw new Error('SpeechProvider is missing');
  return speech;
}
