import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Table from '@cloudscape-design/components/table';
import { named } from './activity';
import type { Step, Verification } from './model';
import { factsInWords } from './step-detail';
import { useSpeech } from './words';

/** The verification's steps, oldest first. */
export function Record({ verification, expanded }: { verification: Verification; expanded: boolean }) {
  const { steps } = verification;
  const { words, dateTime } = useSpeech();
  return (
    <ExpandableSection variant="container" headerText={words.record.title} headerCounter={`(${steps.length})`} defaultExpanded={expanded}>
      <Table
        variant="embedded"
        contentDensity="compact"
        items={steps}
        trackBy={(step) => String(step.seq)}
        ariaLabels={{ tableLabel: words.record.title }}
        columnDefinitions={[
          { id: 'seq', header: '#', cell: (step) => step.seq },
          { id: 'at', header: words.record.at, cell: (step) => dateTime(step.at) },
          { id: 'actor', header: words.record.actor, cell: (step) => named(words.record.actors, step.actor) ?? step.actor },
          {
            id: 'action',
            header: words.record.action,
            cell: (step) => named(words.record.actions, step.action) ?? step.action,
            isRowHeader: true,
          },
          { id: 'detail', header: words.record.detail, cell: (step) => <Detail step={step} verification={verification} /> },
        ]}
      />
    </ExpandableSection>
  );
}

/** What a step says beyond its action. Steps that were recorded before details were data have a text in English. */
function Detail({ step: { detail }, verification: { customer } }: { step: Step; verification: Verification }) {
  const { words } = useSpeech();
  if (typeof detail === 'string' && detail !== '') return <span lang="en">{detail}</span>;
  return (detail && factsInWords(detail, customer, words)) || words.none;
}
