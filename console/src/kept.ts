/** What a page keeps. Where the browser allows no storage, it stays in memory until a reload. */

interface Kept {
  get: (key: string) => string | undefined;
  keys: () => Iterable<string>;
  set: (key: string, value: string) => void;
  delete: (key: string) => void;
}

const TRIED = 'tried';

function keptIn(storage: () => Storage): Kept {
  try {
    const found = storage();
    // Some browsers have a storage that accepts nothing.
    found.setItem(TRIED, '');
    found.removeItem(TRIED);
    return {
      get: (key) => found.getItem(key) ?? undefined,
      keys: () => Object.keys(found),
      set: (key, value) => found.setItem(key, value),
      delete: (key) => found.removeItem(key),
    };
  } catch {
    return new Map<string, string>();
  }
}

/** Kept by this tab, for itself. */
export const tab = keptIn(() => sessionStorage);

/** Kept by the browser, for all its tabs. */
export const browser = keptIn(() => localStorage);
