import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { Countdown } from './countdown';
import { endOfGrant, hiddenOf } from './grant';
import type { Verification } from './model';
import { useSpeech } from './words';

/** What the customer allowed beforehand, for the agent who uses the grant and for supervisors. */
export function GrantTerms({ verification, mine }: { verification: Verification; mine: boolean }) {
  const { words, dateTime } = useSpeech();
  const { support_grant: terms, status } = verification;
  if (terms === undefined) return null;
  const ended = endOfGrant(verification);
  return (
    <Container
      header={
        <Header variant="h2" description={ended === null ? words.grant.beforehand : words.grant.wasBeforehand}>
          {words.grant.title}
        </Header>
      }
    >
      <KeyValuePairs
        items={[
          ended !== null && {
            label: words.grant.ended[ended.how],
            value: dateTime(ended.at),
          },
          ended === null && {
            label: words.grant.until,
            value: (
              <>
                {dateTime(terms.expires_at)}
                {status !== 'closed' && (
                  <Box color="text-body-secondary" fontSize="body-s">
                    {words.grant.left} <Countdown until={terms.expires_at} label={words.grant.left} />
                  </Box>
                )}
              </>
            ),
          },
          { label: words.access.label, value: words.access.is[terms.access] },
          { label: mine ? words.grant.hidden : words.grant.hiddenFromAgent, value: hiddenOf(terms.visibility, words) },
        ].filter((item) => item !== false)}
      />
    </Container>
  );
}
