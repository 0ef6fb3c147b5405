import I18nProvider from '@cloudscape-design/components/i18n';
import messagesEn from '@cloudscape-design/components/i18n/messages/all.en';
import messagesEs from '@cloudscape-design/components/i18n/messages/all.es';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { browser } from '../kept';
import { en, type Words } from './en';
import { es } from './es';

export const LANGUAGES = { en, es };
export type Language = keyof typeof LANGUAGES;

const KEPT = 'language';

interface Speech {
  language: Language;
  words: Words;
  choose: (language: Language) => void;
  /** A server's time, for people. */
  dateTime: (time: string) => string;
  /** The same with its time zone, for somebody who may be in another. */
  zonedTime: (time: string) => string;
  /** The same as `dateTime`, shorter. */
  shortTime: (time: string) => string;
}

const SpeechContext = createContext<Speech | null>(null);

function isLanguage(name: string | undefined): name is Language {
  return name !== undefined && name in LANGUAGES;
}

function firstLanguage(): Language {
  const candidates = [browser.get(KEPT), ...navigator.languages.map((tag) => tag.split('-')[0])];
  return candidates.find(isLanguage) ?? 'en';
}

/** The language: the one chosen before, else the browser's first that there is. */
export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo<Speech>(() => {
    // As in the browser's country, where it speaks this language.
    const locale = navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;
    const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
    const zoned = new Intl.DateTimeFormat(locale, {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    });
    const short = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'short' });
    return {
      language,
      words: LANGUAGES[language],
      choose: (chosen) => {
        browser.set(KEPT, chosen);
        setLanguage(chosen);
      },
      dateTime: (time) => format.format(new Date(time)),
      zonedTime: (time) => zoned.format(new Date(time)),
      shortTime: (time) => short.format(new Date(time)),
    };
  }, [language]);
  return (
    <SpeechContext.Provider value={speech}>
      <I18nProvider locale={language} messages={[messagesEn, messagesEs]}>
        {children}
      </I18nProvider>
    </SpeechContext.Provider>
  );
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (!speech) throw new Error('SpeechProvider is missing');
  return speech;
}
