import I18nProvider from '@cloudscape-design/components/i18n';
import messagesEn from '@cloudscape-design/components/i18n/messages/all.en';
import messagesEs from '@cloudscape-design/components/i18n/messages/all.es';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { browser } from '../kept';
import { LANGUAGES, type Speech, SpeechContext } from '.';
import { firstLanguage, localeOf } from './language';

const KEPT = 'language';

/** Gives the page its language. */
export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() => firstLanguage(browser.get(KEPT), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo<Speech>(() => {
    const locale = localeOf(language, navigator.languages);
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
    <SpeechContext value={speech}>
      <I18nProvider locale={language} messages={[messagesEn, messagesEs]}>
        {children}
      </I18nProvider>
    </SpeechContext>
  );
}
