import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useConsole } from './console';
import { chosenEcosystem, nameOf } from './customer';
import { Failure, refusedFields } from './failure';
import { FailureAlert } from './failure-alert';
import { asQuery, type Filters, fromQuery, isFiltered, type Typed } from './filters';
import { FiltersForm } from './filters-form';
import { Indicator } from './indicator';
import { tab } from './kept';
import { useFocusOnChange } from './keyboard';
import { isShown, type VerificationSummary } from './model';
import { useNarrow } from './narrow';
import { lookOf } from './outcome-looks';
import { href } from './route';
import { cursorsAfter, readPage } from './search';
import { useSpeech } from './words';
import type { Words } from './words/en';

/** The last search stays as long as the tab, so that the list's own links return to it. */
const KEPT = 'filters';

/** How often the first page of the list renews itself. */
const RENEWED_MILLISECONDS = 30_000;

/** The columns for which a phone has room. */
const NARROW_COLUMNS = ['customer', 'details'];

/** The agent's verifications; a supervisor's list has everyone's. */
export function VerificationsPage({ query }: { query: string }) {
  const { words, shortTime } = useSpeech();
  const { api, agent } = useConsole();
  const narrow = useNarrow();
  const asked = query === '' ? kept() : query;
  const [filters, setFilters] = useState(() => fromQuery(asked));
  const [refused, setRefused] = useState<Typed[]>([]);
  const [items, setItems] = useState<VerificationSummary[]>([]);
  /** Where each known page begins; the first has no cursor. */
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const [page, setPage] = useState(0);
  /** Whether nothing was found so far, although there is more to search. */
  const [further, setFurther] = useState(false);
  /** How many were left out because a newer version of the service wrote them. */
  const [unreadable, setUnreadable] = useState(0);
  const [loading, setLoading] = useState(true);
  const [failure, setFailure] = useState<Failure | null>(null);
  /** Counts the calls: the answer to an earlier one is out of date. */
  const turn = useRef(0);
  /** “Search further” disappears when it finds something. */
  const list = useFocusOnChange(further ? 'further' : 'list');

  const load = useCallback(
    async (chosen: Filters, index: number, known: (string | null)[]) => {
      const mine = ++turn.current;
      const overtaken = () => turn.current !== mine;
      setLoading(true);
      setFailure(null);
      setRefused([]);
      try {
        const found = await readPage(api, chosen, known[index] ?? null, overtaken);
        if (overtaken()) return;
        setItems(found.items);
        setPage(index);
        setFurther(found.further);
        setUnreadable(found.unreadable);
        setCursors(cursorsAfter(known, index, found));
      } catch (error) {
        if (overtaken()) return;
        const happened = Failure.from(error);
        setFailure(happened);
        const fields = refusedFields(happened).filter((field): field is Typed => field in chosen);
        setRefused(fields);
        // A reload would only send the same search again.
        if (fields.length > 0) keep('');
      } finally {
        if (!overtaken()) setLoading(false);
      }
    },
    [api],
  );

  const search = useCallback((wanted: Filters) => setFilters(wanted), []);

  // Somebody has opened another search in this tab.
  useEffect(() => {
    if (query !== '') setFilters((now) => (asQuery(now) === query ? now : fromQuery(query)));
  }, [query]);

  useEffect(() => {
    keep(asQuery(filters));
    void load(filters, 0, [null]);
    return () => {
      // On another page nobody waits for the answer.
      turn.current += 1;
    };
  }, [filters, load]);

  useEffect(() => {
    if (page > 0 || further) return;
    // On a later page somebody is reading.
    const timer = setInterval(async () => {
      const before = turn.current;
      const found = document.visibilityState === 'visible' ? await readPage(api, filters, null).catch(() => null) : null;
      if (found === null || turn.current !== before) return;
      setItems(found.items);
      setUnreadable(found.unreadable);
      setCursors(cursorsAfter([null], 0, found));
    }, RENEWED_MILLISECONDS);
    return () => clearInterval(timer);
  }, [api, filters, page, further]);

  const filtered = isFiltered(filters);
  const title = words.list.title(agent.supervisor);

  return (
    <div ref={list}>
      <SpaceBetween size="l">
        {failure && <FailureAlert failure={failure} onDismiss={() => setFailure(null)} />}
        {unreadable > 0 && <Alert type="info">{words.list.unreadable(unreadable)}</Alert>}
        <Table
          variant="full-page"
          items={items}
          trackBy="id"
          wrapLines
          visibleColumns={narrow ? NARROW_COLUMNS : undefined}
          stickyColumns={narrow ? undefined : { last: 1 }}
          loading={loading && !further}
          loadingText={words.loading}
          ariaLabels={{ tableLabel: title }}
          header={
            <Header
              variant="h1"
              description={words.list.description}
              actions={
                <Button iconName="refresh" ariaLabel={words.list.refresh} onClick={() => load(filters, 0, [null])} disabled={loading} />
              }
            >
              {title}
            </Header>
          }
          filter={<FiltersForm filters={filters} refused={refused} onSearch={search} />}
          pagination={
            <Pagination
              currentPageIndex={page + 1}
              pagesCount={cursors.length}
              disabled={loading}
              onChange={({ detail }) => load(filters, detail.currentPageIndex - 1, cursors)}
            />
          }
          empty={<Empty filtered={filtered} further={further} loading={loading} onFurther={() => load(filters, page, cursors)} />}
          columnDefinitions={[
            { id: 'created', header: words.list.columns.created, cell: (item) => shortTime(item.created_at), minWidth: 130 },
            {
              id: 'customer',
              header: words.list.columns.customer,
              cell: (item) => (narrow ? <AllOf item={item} /> : <Who item={item} />),
              isRowHeader: true,
            },
            { id: 'status', header: words.list.columns.status, cell: (item) => <StateOf item={item} words={words} />, minWidth: 150 },
            { id: 'ecosystem', header: words.list.columns.ecosystem, cell: (item) => chosenEcosystem(item) || words.none },
            { id: 'ticket', header: words.list.columns.ticket, cell: (item) => item.ticket ?? words.none, minWidth: 100 },
            ...(agent.supervisor
              ? [{ id: 'agent', header: words.list.columns.agent, cell: (item: VerificationSummary) => item.agent.name }]
              : []),
            {
              id: 'details',
              header: words.list.columns.details,
              minWidth: narrow ? 100 : 130,
              cell: (item) => (
                <Link
                  href={href({ page: 'verification', module: item.module, id: item.id, view: 'process' })}
                  ariaLabel={words.list.detailsOf(nameOf(item.customer), shortTime(item.created_at))}
                >
                  {words.list.details}
                </Link>
              ),
            },
          ]}
        />
      </SpaceBetween>
    </div>
  );
}

function kept(): string {
  const found: unknown = JSON.parse(tab.get(KEPT) ?? '""');
  // Before the upgrade it was something else.
  return typeof found === 'string' ? found : '';
}

/** Keeps a search for this tab, and in the fragment of the address, which can be shared. No server is sent a fragment. */
function keep(query: string): void {
  tab.set(KEPT, JSON.stringify(query));
  history.replaceState(history.state, '', href({ page: 'verifications', query }));
}

/** What the list shows instead of items: nothing was found, or nothing so far. */
function Empty({
  filtered,
  further,
  loading,
  onFurther,
}: {
  filtered: boolean;
  further: boolean;
  loading: boolean;
  onFurther: () => void;
}) {
  const { words } = useSpeech();
  const none = filtered ? words.list.noMatch : words.list.empty;
  return (
    <Box textAlign="center" padding="l">
      <Box variant="strong">{further ? words.list.noneYet : none}</Box>
      {further && (
        <Box padding={{ top: 's' }}>
          <Button loading={loading} loadingText={words.loading} onClick={onFurther}>
            {words.list.further}
          </Button>
        </Box>
      )}
      {!further && !filtered && <Box variant="p">{words.list.emptyHint}</Box>}
    </Box>
  );
}

function Who({ item: { customer } }: { item: VerificationSummary }) {
  if (!isShown(customer)) return customer.email;
  return (
    <>
      {customer.name}
      <Box color="text-body-secondary" fontSize="body-s">
        {customer.email}
      </Box>
    </>
  );
}

/** What matters most of a verification, where there is no room for more. */
function AllOf({ item }: { item: VerificationSummary }) {
  const { words, shortTime } = useSpeech();
  const { agent } = useConsole();
  return (
    <>
      <div>
        <Who item={item} />
      </div>
      <Box fontSize="body-s">{shortTime(item.created_at)}</Box>
      {agent.supervisor && (
        <Box fontSize="body-s">
          {words.list.agent}: {item.agent.name}
        </Box>
      )}
      <StateOf item={item} words={words} />
    </>
  );
}

function StateOf({ item, words }: { item: VerificationSummary; words: Words }) {
  return (
    <Indicator type={lookOf(item)}>
      {item.outcome === null ? words.list.statuses[item.status] : words.list.outcomes[item.outcome]}
    </Indicator>
  );
}
