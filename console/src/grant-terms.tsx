import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { Countdown } from './countdown';
import type { Verification, Visibility } from './model';
import { useSpeech } from './words';
import type { Words } from './words/en';

/** What the customer allowed before anybody asked, for the agent who uses it and whoever supervises him. */
export function GrantTerms({ verification, mine }: { verification: Verification; mine: boolean }) {
  const { words, dateTime } = useSpeech();
  const { support_grant: terms, status } = verification;
  if (terms === undefined) return null;
  return (
    <Container
      header={
        <Header variant="h2" description={words.grant.beforehand}>
          {words.grant.title}
        </Header>
      }
    >
      <KeyValuePairs
        items={[
          {
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
          { label: mine ? words.grant.hidden : words.grant.hiddenFromAgent, value: hiddenOf(terms.visibility, words) },
        ]}
      />
    </Container>
  );
}

/** What a session may not see, in words. */
export function hiddenOf({ messages, talks }: Visibility, words: Words): string {
  const hidden = [...(messages ? [] : [words.grant.messages]), ...(talks ? [] : [words.grant.talks])];
  return hidden.length === 0 ? words.grant.nothing : hidden.join(', ');
}
