import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { Countdown } from './countdown';
import { asText } from './credentials';
import { ecosystemToName, hiddenOf } from './grant';
import type { SupportCredentials, SupportGrantOptions } from './model';
import { useSpeech } from './words';

interface Props {
  credentials: SupportCredentials;
  options: SupportGrantOptions | null;
  onClose: () => void;
}

/** New credentials. They are shown only here and only once. */
export function ShownCredentials({ credentials, options, onClose }: Props) {
  const { words, zonedTime } = useSpeech();
  const { url, user_name, password, security_code, expires_at, visibility, access } = credentials;
  const text = words.remote.credentials;
  const until = zonedTime(expires_at);
  const ecosystem = ecosystemToName(credentials, options);
  return (
    <Container
      header={
        <Header variant="h2" description={text.intro}>
          {text.title}
        </Header>
      }
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            {words.close}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <Alert type="warning" header={text.notice}>
          {text.share}
        </Alert>
        <KeyValuePairs
          items={[
            { label: text.labels.url, value: <span className="words">{url}</span> },
            { label: text.labels.userName, value: <Secret value={user_name} /> },
            { label: text.labels.password, value: <Secret value={password} /> },
            { label: text.labels.code, value: <Secret value={security_code} /> },
            {
              label: text.labels.timeout,
              value: (
                <>
                  {until}
                  <Box color="text-body-secondary" fontSize="body-s">
                    {text.left} <Countdown until={expires_at} label={text.left} />
                  </Box>
                </>
              ),
            },
            ...(ecosystem === null ? [] : [{ label: words.remote.form.ecosystem, value: ecosystem }]),
            { label: words.access.label, value: words.access.is[access] },
            { label: words.remote.active.hidden, value: hiddenOf(visibility, words) },
          ]}
        />
        <CopyToClipboard
          variant="button"
          textToCopy={asText(credentials, until, words)}
          copyButtonText={text.copy}
          copySuccessText={text.copied}
          copyErrorText={text.notCopied}
        />
        <Alert type="warning" header={text.notice}>
          {text.once}
        </Alert>
      </SpaceBetween>
    </Container>
  );
}

function Secret({ value }: { value: string }) {
  return (
    <span className="secret words" translate="no">
      {value}
    </span>
  );
}
