import Button from '@cloudscape-design/components/button';
import DateInput from '@cloudscape-design/components/date-input';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type SubmitEvent, useEffect, useRef, useState } from 'react';
import { useConsole } from './console';
import { type Filters, isFiltered, MODULES, NO_FILTERS, type Typed, understood } from './filters';
import { focusFault } from './keyboard';
import { useSpeech } from './words';

/** The filters that are folded away until somebody needs them. */
const MORE = ['id', 'of', 'ticket', 'module', 'outcome', 'from', 'until'] as const satisfies (keyof Filters)[];

const TYPED: Typed[] = ['id', 'ticket', 'customer', 'of', 'agent', 'from', 'until'];

interface Props {
  filters: Filters;
  /** Fields that the API refused. */
  refused: Typed[];
  onSearch: (filters: Filters) => void;
}

/** What is chosen counts at once; what is typed counts when it is sent. */
export function FiltersForm({ filters, refused, onSearch }: Props) {
  const { words } = useSpeech();
  const { agent } = useConsole();
  const [typed, setTyped] = useState(filters);
  const [wrong, setWrong] = useState<Typed[]>([]);
  /** The filters that the fields were last filled in from. What was typed since stays, whatever is chosen meanwhile. */
  const filled = useRef(filters);
  useEffect(() => {
    const changed = TYPED.filter((field) => filters[field] !== filled.current[field]);
    filled.current = filters;
    setTyped((now) => ({ ...now, ...Object.fromEntries(changed.map((field) => [field, filters[field]])) }));
  }, [filters]);
  useEffect(() => setWrong(refused), [refused]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const meant = TYPED.map((field) => [field, understood(field, typed[field])] as const);
    const faults = meant.filter(([, value]) => value === null).map(([field]) => field);
    setWrong(faults);
    if (faults.length > 0) {
      focusFault(event.currentTarget);
      return;
    }
    const asked = Object.fromEntries(meant) as Pick<Filters, Typed>;
    setTyped({ ...typed, ...asked });
    onSearch({ ...filters, ...asked });
  };
  const clear = () => {
    setTyped(NO_FILTERS);
    setWrong([]);
    onSearch(NO_FILTERS);
  };
  const text = (field: Typed, more: Partial<InputProps> = {}) => (
    <FormField label={words.list[field]} errorText={wrong.includes(field) ? words.list.wrong[field] : undefined}>
      <Input
        value={typed[field]}
        onChange={({ detail }) => setTyped({ ...typed, [field]: detail.value })}
        name={field}
        autoComplete={false}
        spellcheck={false}
        {...more}
      />
    </FormField>
  );
  const date = (field: 'from' | 'until') => (
    <FormField label={words.list[field]} errorText={wrong.includes(field) ? words.list.wrong[field] : undefined}>
      <DateInput
        value={typed[field]}
        onChange={({ detail }) => setTyped({ ...typed, [field]: detail.value })}
        name={field}
        placeholder={words.list.dateHint}
      />
    </FormField>
  );
  const chosen = <Field extends 'status' | 'outcome' | 'module'>(field: Field, any: string, entries: [string, string][]) => {
    const options: SelectProps.Option[] = [{ value: '', label: any }, ...entries.map(([value, label]) => ({ value, label }))];
    return (
      <FormField label={words.list[field]}>
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === (filters[field] ?? '')) ?? null}
          onChange={({ detail }) => onSearch({ ...filters, [field]: (detail.selectedOption.value || null) as Filters[Field] })}
          expandToViewport
        />
      </FormField>
    );
  };

  return (
    <form onSubmit={submit} noValidate>
      <SpaceBetween size="s">
        <div className="filters">
          {chosen('status', words.list.anyStatus, Object.entries(words.list.statuses))}
          {agent.supervisor && text('agent', { placeholder: words.list.agentHint })}
          {text('customer', { type: 'email', placeholder: words.list.customerHint })}
          <SpaceBetween direction="horizontal" size="xs">
            <Button>{words.list.search}</Button>
            {isFiltered(filters) && (
              <Button variant="link" formAction="none" onClick={clear}>
                {words.list.clear}
              </Button>
            )}
          </SpaceBetween>
        </div>
        <ExpandableSection
          headerText={words.list.more}
          defaultExpanded={MORE.some((field) => filters[field] !== null && filters[field] !== '')}
        >
          <div className="filters all">
            {text('id')}
            {text('of')}
            {text('ticket')}
            {chosen(
              'module',
              words.list.anyModule,
              MODULES.map((module) => [module, words.modules[module].title]),
            )}
            {chosen('outcome', words.list.anyOutcome, Object.entries(words.list.outcomes))}
            {date('from')}
            {date('until')}
          </div>
        </ExpandableSection>
      </SpaceBetween>
    </form>
  );
}
