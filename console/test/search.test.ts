import { expect, test, vi } from 'vitest';
import type { Api } from '../src/api';
import { isFiltered, NO_FILTERS } from '../src/filters';
import type { Search, SearchPage, VerificationSummary } from '../src/model';
import { cursorsAfter, readPage } from '../src/search';

const ITEM = { id: 'AAAAAAAAAAAAAAAAAAAAAA' } as VerificationSummary;

/** An API whose pages begin at the cursors 0, 1, 2 … `found` says what each of them has. */
function pagesOf(...found: number[]) {
  const search = vi.fn<Api['search']>((body: Search): Promise<SearchPage> => {
    const at = body.cursor === undefined ? 0 : Number(body.cursor);
    const items = Array.from({ length: found[at] ?? 0 }, () => ITEM);
    return Promise.resolve({ items, cursor: at + 1 < found.length ? String(at + 1) : null });
  });
  return { search };
}

test('filters that are not set are not sent', async () => {
  const api = pagesOf(1);
  await readPage(api, NO_FILTERS, null);
  expect(api.search).toHaveBeenLastCalledWith({});
  await readPage(api, { ...NO_FILTERS, status: 'in_session', customer: 'carla@example.com', agent: 'ana' }, '0');
  expect(api.search).toHaveBeenLastCalledWith({ status: 'in_session', customer: 'carla@example.com', agent_name: 'ana', cursor: '0' });
});

test('a list is filtered if any filter is set', () => {
  expect(isFiltered(NO_FILTERS)).toBe(false);
  expect(isFiltered({ ...NO_FILTERS, status: 'closed' })).toBe(true);
  expect(isFiltered({ ...NO_FILTERS, customer: 'c' })).toBe(true);
  expect(isFiltered({ ...NO_FILTERS, agent: 'a' })).toBe(true);
});

test('a page that has something is the page', async () => {
  const api = pagesOf(20, 3);
  expect(await readPage(api, NO_FILTERS, null)).toEqual({
    items: Array.from({ length: 20 }, () => ITEM),
    cursor: '1',
    unreadable: 0,
    further: false,
  });
  expect(api.search).toHaveBeenCalledOnce();
});

test('empty pages are skipped', async () => {
  const api = pagesOf(0, 0, 2, 5);
  expect(await readPage(api, NO_FILTERS, null)).toMatchObject({ items: [ITEM, ITEM], cursor: '3', further: false });
});

test('what a newer version wrote is counted over the pages that were read', async () => {
  const pages: SearchPage[] = [
    { items: [], cursor: '1', unreadable: 2 },
    { items: [], cursor: '2' },
    { items: [ITEM], cursor: '3', unreadable: 1 },
  ];
  const search = (body: Search) => Promise.resolve(pages[Number(body.cursor ?? 0)] as SearchPage);
  expect(await readPage({ search }, NO_FILTERS, null)).toMatchObject({ items: [ITEM], unreadable: 3 });
});

test('a search that ends without anything is over', async () => {
  expect(await readPage(pagesOf(0, 0), NO_FILTERS, null)).toEqual({ items: [], cursor: null, unreadable: 0, further: false });
});

test('after ten empty pages the agent is asked whether to continue, from there', async () => {
  const api = pagesOf(...Array.from({ length: 15 }, () => 0));
  expect(await readPage(api, NO_FILTERS, null)).toEqual({ items: [], cursor: '10', unreadable: 0, further: true });
  expect(api.search).toHaveBeenCalledTimes(10);
});

test('a tenth page that has something is found', async () => {
  expect(await readPage(pagesOf(...Array.from({ length: 9 }, () => 0), 1), NO_FILTERS, null)).toMatchObject({
    items: [ITEM],
    cursor: null,
  });
});

test('a search that another has overtaken stops', async () => {
  const api = pagesOf(0, 0, 0, 1);
  await readPage(api, NO_FILTERS, null, () => true);
  expect(api.search).toHaveBeenCalledOnce();
});

test('the cursors of the pages grow by the next one, and are cut where the search began', () => {
  expect(cursorsAfter([null], 0, { items: [ITEM], cursor: 'b', further: false })).toEqual([null, 'b']);
  expect(cursorsAfter([null, 'b', 'c'], 1, { items: [ITEM], cursor: 'd', further: false })).toEqual([null, 'b', 'd']);
  expect(cursorsAfter([null, 'b'], 1, { items: [ITEM], cursor: null, further: false })).toEqual([null, 'b']);
});

test('a page on which nothing was found yet begins where the search goes on', () => {
  expect(cursorsAfter([null], 0, { items: [], cursor: 'k', further: true })).toEqual(['k']);
  expect(cursorsAfter([null, 'b'], 1, { items: [], cursor: 'k', further: true })).toEqual([null, 'k']);
});
