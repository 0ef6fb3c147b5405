import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { type SubmitEvent, useCallback, useEffect, useRef, useState } from 'react';
import { addressIn } from './address';
import { useConsole } from './console';
import { chosenEcosystem, nameOf } from './customer';
import { Failure, refusedFields } from './failure';
import { FailureAlert } from './failure-alert';
import { Indicator } from './indicator';
import { tab } from './kept';
import { focusFault, useFocusOnChange } from './keyboard';
import { isShown, type Status, type VerificationSummary } from './model';
import { useNarrow } from './narrow';
import { lookOf } from './outcome-looks';
import { href } from './route';
import { cursorsAfter, type Filters, isFiltered, NO_FILTERS, readPage } from './search';
import { visible } from './typed';
import { useSpeech } from './words';
import type { Words } from './words/en';

/** The filters stay as long as the tab, so that “back” and a reload return to the same list. */
const KEPT = 'filters';

/** How often the first page of the list renews itself. */
const RENEWED_MILLISECONDS = 30_000;

/** The columns for which a phone has room. */
const NARROW_COLUMNS = ['customer', 'details'];

function keptFilters(): Filters {
  return { ...NO_FILTERS, ...(JSON.parse(tab.get(KEPT) ?? '{}') as Partial<Filters>) };
}

/** The agent's verifications; a supervisor's list has everyone's. */
export function VerificationsPage() {
  const { words, shortTime } = useSpeech();
  const { api, agent } = useConsole();
  const narrow = useNarrow();
  const [filters, setFilters] = useState(keptFilters);
  const [customer, setCustomer] = useState(filters.customer);
  const [wrong, setWrong] = useState(false);
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
  /** By id, as they appear in the list: no route lists the agents. */
  const [agents, setAgents] = useState(new Map([[agent.id, agent.name]]));
  /** Counts the calls: the answer to an earlier one is out of date. */
  const turn = useRef(0);
  /** “Search further” disappears when it finds something. */
  const list = useFocusOnChange(further ? 'further' : 'list');

  const load = useCallback(
    async (chosen: Filters, index: number, known: (string | null)[]) => {
      const asked = ++turn.current;
      const overtaken = () => turn.current !== asked;
      setLoading(true);
      setFailure(null);
      try {
        const found = await readPage(api, chosen, known[index] ?? null, overtaken);
        if (overtaken()) return;
        setItems(found.items);
        setPage(index);
        setFurther(found.further);
        setUnreadable(found.unreadable);
        setCursors(cursorsAfter(known, index, found));
        setAgents((before) => new Map([...before, ...found.items.map((item) => [item.agent.id, item.agent.name] as const)]));
      } catch (error) {
        if (overtaken()) return;
        const happened = Failure.from(error);
        setFailure(happened);
        if (refusedFields(happened).includes('customer')) {
          setWrong(true);
          // A reload would only send the same search again.
          tab.delete(KEPT);
        }
      } finally {
        if (!overtaken()) setLoading(false);
      }
    },
    [api],
  );

  useEffect(() => {
    tab.set(KEPT, JSON.stringify(filters));
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
      const asked = turn.current;
      const found = document.visibilityState === 'visible' ? await readPage(api, filters, null).catch(() => null) : null;
      if (found === null || turn.current !== asked) return;
      setItems(found.items);
      setUnreadable(found.unreadable);
      setCursors(cursorsAfter([null], 0, found));
    }, RENEWED_MILLISECONDS);
    return () => clearInterval(timer);
  }, [api, filters, page, further]);

  const filtered = isFiltered(filters);
  const title = words.list.title(agent.supervisor);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const address = visible(customer) === '' ? '' : addressIn(customer);
    setWrong(address === null);
    if (address === null) focusFault(event.currentTarget);
    if (address !== null) setFilters({ ...filters, customer: address });
  };
  const statuses = options(words.list.anyStatus, Object.entries(words.list.statuses));
  const people = options(
    words.list.anyAgent,
    [...agents].map(([id, name]) => [id, id === agent.id ? `${name} (${words.list.me})` : name]),
  );

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
          filter={
            <form onSubmit={submit} noValidate>
              <div className="filters">
                <FormField label={words.list.status}>
                  <Select
                    options={statuses}
                    selectedOption={statuses.find(({ value }) => value === (filters.status ?? '')) ?? null}
                    onChange={({ detail }) => setFilters({ ...filters, status: (detail.selectedOption.value || null) as Status | null })}
                  />
                </FormField>
                {agent.supervisor && (
                  <FormField label={words.list.agent}>
                    <Select
                      options={people}
                      selectedOption={people.find(({ value }) => value === (filters.agent ?? '')) ?? null}
                      onChange={({ detail }) => setFilters({ ...filters, agent: detail.selectedOption.value || null })}
                      expandToViewport
                    />
                  </FormField>
                )}
                <FormField label={words.list.customer} errorText={wrong ? words.lookUp.emailWrong : undefined}>
                  <Input
                    value={customer}
                    onChange={({ detail }) => setCustomer(detail.value)}
                    type="email"
                    name="customer"
                    autoComplete={false}
                    spellcheck={false}
                    placeholder={words.list.customerHint}
                  />
                </FormField>
                <SpaceBetween direction="horizontal" size="xs">
                  <Button>{words.list.search}</Button>
                  {filtered && (
                    <Button
                      variant="link"
                      formAction="none"
                      onClick={() => {
                        setCustomer('');
                        setWrong(false);
                        setFilters(NO_FILTERS);
                      }}
                    >
                      {words.list.clear}
                    </Button>
                  )}
                </SpaceBetween>
              </div>
            </form>
          }
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

function options(all: string, entries: [string, string][]): SelectProps.Option[] {
  return [{ value: '', label: all }, ...entries.map(([value, label]) => ({ value, label }))];
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
