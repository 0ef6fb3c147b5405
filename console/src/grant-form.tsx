import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type SubmitEvent, useId, useState } from 'react';
import { durationInWords, durationsWithin, usualDuration } from './grant';
import type { GrantTermsChosen, SupportGrantOptions } from './model';
import { useWait } from './use-clock';
import { useSpeech } from './words';

interface Props {
  options: SupportGrantOptions;
  busy: boolean;
  /** When the customer may try again after the last refusal, in milliseconds of the server's clock. */
  retryAt: number | null;
  onConfirm: (terms: GrantTermsChosen) => void;
}

/** No grant is active: the customer chooses how long access lasts and what it shows. */
export function GrantForm({ options, busy, retryAt, onConfirm }: Props) {
  const { words, language } = useSpeech();
  const { ecosystems, minutes } = options;
  const [duration, setDuration] = useState(usualDuration(minutes));
  const [ecosystem, setEcosystem] = useState(ecosystems.length === 1 ? (ecosystems[0]?.id ?? null) : null);
  const [messages, setMessages] = useState(false);
  const [talks, setTalks] = useState(false);
  const [changes, setChanges] = useState(false);
  const [asked, setAsked] = useState(false);
  const wait = useWait(retryAt);
  const visibility = useId();

  const text = words.remote.form;
  if (ecosystems.length === 0) {
    return (
      <Alert type="warning" header={text.nothing.title}>
        {text.nothing.next}
      </Alert>
    );
  }

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setAsked(true);
    if (ecosystem === null || busy) return;
    onConfirm({ duration_minutes: duration, allow_messages: messages, allow_talks: talks, allow_changes: changes, ecosystem });
  };
  const opened = (names: SupportGrantOptions['ecosystems'][number]['environments']) =>
    names.map((name) => words.environments[name]).join(', ');
  const choices = durationsWithin(minutes).map((each) => ({ value: String(each), label: durationInWords(each, language) }));
  const [only] = ecosystems;

  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          <Button variant="primary" loading={busy} loadingText={words.loading} disabled={wait > 0}>
            {text.confirm}
          </Button>
        }
      >
        <Container>
          <SpaceBetween size="l">
            <div>
              <Box variant="p">{text.intro}</Box>
              <Box variant="p" color="text-body-secondary">
                {text.meaning}
              </Box>
            </div>
            <FormField label={text.duration}>
              <Select
                options={choices}
                selectedOption={choices.find(({ value }) => value === String(duration)) ?? null}
                onChange={({ detail }) => setDuration(Number(detail.selectedOption.value))}
                expandToViewport
              />
            </FormField>
            {ecosystems.length > 1 ? (
              <FormField label={text.ecosystem} errorText={asked && ecosystem === null ? text.ecosystemNeeded : undefined}>
                <RadioGroup
                  value={ecosystem}
                  onChange={({ detail }) => setEcosystem(detail.value)}
                  ariaRequired
                  items={ecosystems.map(({ id, name, environments }) => ({ value: id, label: name, description: opened(environments) }))}
                />
              </FormField>
            ) : (
              <div>
                <Box variant="awsui-key-label">{text.environments}</Box>
                {only?.name}: {opened(only?.environments ?? [])}
              </div>
            )}
            {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring the browser's own frame. */}
            <div role="group" aria-labelledby={visibility}>
              <SpaceBetween size="xs">
                <Box variant="awsui-key-label">
                  <span id={visibility}>{text.visibility}</span>
                </Box>
                <Checkbox checked={messages} onChange={({ detail }) => setMessages(detail.checked)}>
                  {text.messages}
                </Checkbox>
                <Checkbox checked={talks} onChange={({ detail }) => setTalks(detail.checked)}>
                  {text.talks}
                </Checkbox>
                <Checkbox checked={changes} onChange={({ detail }) => setChanges(detail.checked)}>
                  {words.access.offer}
                </Checkbox>
              </SpaceBetween>
            </div>
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}
