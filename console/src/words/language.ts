import { LANGUAGES, type Language } from '.';

const PRIMARY = /^[^-]+/u;

function primaryOf(tag: string): string {
  return PRIMARY.exec(tag)?.[0].toLowerCase() ?? '';
}

function isLanguage(name: string | undefined): name is Language {
  return name !== undefined && Object.hasOwn(LANGUAGES, name);
}

/** The language chosen before, else the browser's first that this page speaks, else English. */
export function firstLanguage(chosen: string | undefined, browsers: readonly string[]): Language {
  return [chosen, ...browsers.map(primaryOf)].find(isLanguage) ?? 'en';
}

/** The locale for times: the browser's own, where it is of this language. */
export function localeOf(language: Language, browsers: readonly string[]): string {
  return browsers.find((tag) => primaryOf(tag) === language) ?? language;
}
