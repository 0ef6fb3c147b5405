/** The list of verifications: its filters, and how it is read page by page. */

import type { Api } from './api';
import { asSearch, type Filters } from './filters';
import type { VerificationSummary } from './model';

/** After this many empty pages in a row the agent is asked whether to continue. */
const EMPTY_PAGES = 10;

export interface Page {
  items: VerificationSummary[];
  /** Where the next page begins; null after the last. */
  cursor: string | null;
  /** Whether nothing was found so far, although there is more to search. */
  further: boolean;
  /** How many were left out of the page because a newer version of the service wrote them. */
  unreadable: number;
}

/**
 * Reads the page at a cursor. A page may be empty without being the last, so this goes on to the next one that has something; unless the
 * search was `overtaken` by another.
 */
export async function readPage(
  api: Pick<Api, 'search'>,
  filters: Filters,
  from: string | null,
  overtaken: () => boolean = () => false,
): Promise<Page> {
  let cursor = from;
  let unreadable = 0;
  for (let pages = 1; pages <= EMPTY_PAGES; pages += 1) {
    // biome-ignore lint/performance/noAwaitInLoops: each page says where the next one begins.
    const page = await api.search({ ...asSearch(filters), ...(cursor === null ? {} : { cursor }) });
    unreadable += page.unreadable ?? 0;
    if (page.items.length > 0 || page.cursor === null) return { ...page, unreadable, further: false };
    ({ cursor } = page);
    if (overtaken()) break;
  }
  return { items: [], cursor, unreadable, further: true };
}

/** The cursors of the pages known so far, the first of which has none, after a page was read. */
export function cursorsAfter(known: (string | null)[], index: number, { cursor, further }: Omit<Page, 'unreadable'>): (string | null)[] {
  // A page on which nothing was found yet begins where the search goes on.
  return [...known.slice(0, further ? index : index + 1), ...(cursor === null ? [] : [cursor])];
}
