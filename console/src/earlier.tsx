import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { useEffect, useState } from 'react';
import { useConsole } from './console';
import { asQuery, NO_FILTERS } from './filters';
import { Indicator } from './indicator';
import type { Verification, VerificationSummary } from './model';
import { lookOf } from './outcome-looks';
import { href } from './route';
import { useSpeech } from './words';

/** As many as have room beside a case. */
const MOST = 5;

/** The customer's earlier verifications, for supervisors. Where they cannot be read, the case stands without them. */
export function Earlier({ verification }: { verification: Verification }) {
  const { words, shortTime } = useSpeech();
  const { api, agent } = useConsole();
  const [found, setFound] = useState<VerificationSummary[] | null>(null);
  const { supervisor } = agent;
  const { created_at, id } = verification;

  useEffect(() => {
    if (!supervisor) return;
    let left = false;
    const until = new Date(Date.parse(created_at) + 1000).toISOString();
    api
      .search({ customer_of: id, created_until: until, limit: MOST + 1 })
      .then(({ items }) => !left && setFound(items.filter((item) => item.id !== id).slice(0, MOST)))
      .catch(() => undefined);
    return () => {
      left = true;
    };
  }, [api, supervisor, created_at, id]);

  if (found === null) return null;
  return (
    <Container header={<Header variant="h2">{words.list.earlier}</Header>}>
      {found.length === 0 ? (
        words.list.noEarlier
      ) : (
        <ul className="plain">
          {found.map((item) => (
            <li key={item.id}>
              <Link href={href({ page: 'verification', module: item.module, id: item.id, view: 'process' })}>
                {shortTime(item.created_at)}
              </Link>{' '}
              <Indicator type={lookOf(item)}>
                {item.outcome === null ? words.list.statuses[item.status] : words.list.outcomes[item.outcome]}
              </Indicator>
              <Box color="text-body-secondary" fontSize="body-s">
                {item.agent.name}
              </Box>
            </li>
          ))}
        </ul>
      )}
      <Link href={href({ page: 'verifications', query: asQuery({ ...NO_FILTERS, of: id }) })}>{words.list.allOf}</Link>
    </Container>
  );
}
