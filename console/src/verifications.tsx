import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import { EMAIL } from './address';
import { OUTCOME_LOOKS } from './closed';
import { useConsole } from './console';
import { Failure } from './failure';
import { FailureAlert } from './failure-alert';
import { Indicator } from './indicator';
import { tab } from './kept';
import { isShown, type Status, type VerificationSummary } from './model';
import { useNarrow } from './narrow';
import { href } from './route';
import { useKeyboardTakenAlong } from './stage';
import { useSpeech } from './words';
import type { Words } from './words/en';

interface Filters {
  status: Status | null;
  customer: string;
  agent: string | null;
}

const NO_FILTERS: Filters = { status: null, customer: '', agent: null };

/** Filters stay while the tab does, so that “back” and a reload come back to the same list. */
const KEPT = 'filters';

/** So many pages in a row may be empty before the agent is asked whether to go on. */
const EMPTY_PAGES = 10;

/** What a telephone has room for. */
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
  /** Where each page that is known of begins; the first has no cursor. */
  const [cursors, setCursors] = useState<(string | null)[]>([null]);
  const [page, setPage] = useState(0);
  /** Whether this page has nothing yet, and what comes further on was not looked through. */
  const [further, setFurther] = useState(false);
  const [loading, setLoading] = useState(true);
  const [failure, setFailure] = useState<Failure | null>(null);
  /** By id, as they turn up: nothing lists the agents. */
  const [agents, setAgents] = useState(new Map([[agent.id, agent.name]]));
  /** An answer to what was asked before says nothing about what is asked now. */
  const turn = useRef(0);
  /** “Search further” goes with what it finds. */
  const list = useKeyboardTakenAlong(further ? 'further' : 'list');

  const load = useCallback(
    async (chosen: Filters, index: number, known: (string | null)[]) => {
      const asked = ++turn.current;
      const overtaken = () => turn.current !== asked;
      setLoading(true);
      setFailure(null);
      try {
        let cursor = known[index] ?? null;
        let found: VerificationSummary[] = [];
        let pages = 0;
        // A page may be empty and still not be the last.
        do {
          const answer = await api.search({
            ...(chosen.status === null ? {} : { status: chosen.status }),
            ...(chosen.customer === '' ? {} : { customer: chosen.customer }),
            ...(chosen.agent === null ? {} : { agent: chosen.agent }),
            ...(cursor === null ? {} : { cursor }),
          });
          if (overtaken()) return;
          found = answer.items;
          cursor = answer.cursor;
          pages += 1;
        } while (found.length === 0 && cursor !== null && pages < EMPTY_PAGES);
        const left = found.length === 0 && cursor !== null;
        setItems(found);
        setPage(index);
        setFurther(left);
        // Of a page with nothing yet, the rest is the page.
        setCursors([...known.slice(0, left ? index : index + 1), ...(cursor === null ? [] : [cursor])]);
        setAgents((before) => new Map([...before, ...found.map((item) => [item.agent.id, item.agent.name] as const)]));
      } catch (error) {
        if (overtaken()) return;
        const happened = Failure.from(error);
        setFailure(happened);
        if (refusesCustomer(happened)) {
          setWrong(true);
          // A reload would only ask the same again.
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
      // Nobody waits for it on another page.
      turn.current += 1;
    };
  }, [filters, load]);

  const filtered = filters.status !== null || filters.customer !== '' || filters.agent !== null;
  const title = words.list.title(agent.supervisor);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = customer.trim();
    const known = typed === '' || EMAIL.test(typed);
    setWrong(!known);
    if (known) setFilters({ ...filters, customer: typed });
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
          empty={
            <Box textAlign="center" padding="l">
              <Box variant="strong">{further ? words.list.noneYet : filtered ? words.list.noMatch : words.list.empty}</Box>
              {further ? (
                <Box padding={{ top: 's' }}>
                  <Button loading={loading} loadingText={words.loading} onClick={() => load(filters, page, cursors)}>
                    {words.list.further}
                  </Button>
                </Box>
              ) : (
                !filtered && <Box variant="p">{words.list.emptyHint}</Box>
              )}
            </Box>
          }
          columnDefinitions={[
            { id: 'created', header: words.list.columns.created, cell: (item) => shortTime(item.created_at), minWidth: 130 },
            {
              id: 'customer',
              header: words.list.columns.customer,
              cell: (item) => (narrow ? <AllOf item={item} /> : <Who item={item} />),
              isRowHeader: true,
            },
            { id: 'status', header: words.list.columns.status, cell: (item) => <Standing item={item} words={words} />, minWidth: 150 },
            { id: 'ecosystem', header: words.list.columns.ecosystem, cell: (item) => ecosystemOf(item) || words.none },
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
                  ariaLabel={words.list.detailsOf(nameOf(item), shortTime(item.created_at))}
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

function refusesCustomer({ problem }: Failure): boolean {
  return problem?.type === '/problems/invalid-request' && problem.errors.some(({ field }) => field === 'customer');
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

/** What matters most of it, where there is room for no more. */
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
      <Standing item={item} words={words} />
    </>
  );
}

function nameOf({ customer }: VerificationSummary): string {
  return isShown(customer) ? customer.name : customer.email;
}

function ecosystemOf({ customer, ecosystem }: VerificationSummary): string {
  const known = isShown(customer) ? customer.ecosystems.find(({ id }) => id === ecosystem) : undefined;
  return known?.name ?? ecosystem ?? '';
}

function Standing({ item, words }: { item: VerificationSummary; words: Words }) {
  const type: StatusIndicatorProps.Type =
    item.outcome !== null ? OUTCOME_LOOKS[item.outcome] : item.status === 'in_session' ? 'in-progress' : 'pending';
  return <Indicator type={type}>{item.outcome !== null ? words.list.outcomes[item.outcome] : words.list.statuses[item.status]}</Indicator>;
}
