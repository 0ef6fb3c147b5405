import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { useEffect, useRef, useState } from 'react';
import { useConsole } from './console';
import { FailureAlert } from './failure-alert';
import type { Process } from './process';
import { useSpeech } from './words';

const LONGEST = 500;

/** “Cancel process”, on every screen of an open verification. Its dialog asks for a reason. */
export function CancelProcess({ process }: { process: Process }) {
  const { words } = useSpeech();
  const { api } = useConsole();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const { id } = process.verification;
  const failure = process.failure?.act === 'cancel' ? process.failure.failure : null;

  // Counted as the server does: in characters, without the white space around them.
  const { length } = [...reason.trim()];
  const error = length === 0 ? words.cancel.needed : length > LONGEST ? words.cancel.tooLong : null;

  const confirm = async () => {
    setAsked(true);
    if (error !== null) {
      setTimeout(() => document.querySelector<HTMLElement>('textarea[aria-invalid]')?.focus());
      return;
    }
    if (await process.act('cancel', () => api.cancel(id, { reason: reason.trim() }))) setOpen(false);
  };

  return (
    <>
      <Button formAction="none" onClick={() => setOpen(true)}>
        {words.cancel.button}
      </Button>
      {open && (
        <Modal
          visible
          header={words.cancel.title}
          onDismiss={() => setOpen(false)}
          footer={
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setOpen(false)}>
                  {words.cancel.back}
                </Button>
                <Button variant="primary" loading={process.busy === 'cancel'} loadingText={words.loading} onClick={confirm}>
                  {words.cancel.ok}
                </Button>
              </SpaceBetween>
            </Box>
          }
        >
          <SpaceBetween size="m">
            <span>{words.cancel.explain}</span>
            {failure && <FailureAlert failure={failure} />}
            <Reason value={reason} onChange={setReason} length={length} error={asked || length > LONGEST ? error : null} />
          </SpaceBetween>
        </Modal>
      )}
    </>
  );
}

interface ReasonProps {
  value: string;
  onChange: (value: string) => void;
  length: number;
  error: string | null;
}

function Reason({ value, onChange, length, error }: ReasonProps) {
  const { words } = useSpeech();
  const field = useRef<TextareaProps.Ref>(null);
  useEffect(() => {
    // After the dialog, which moves the focus to its first button when it opens.
    const later = setTimeout(() => field.current?.focus());
    return () => clearTimeout(later);
  }, []);
  return (
    <FormField
      label={words.cancel.field}
      description={words.cancel.hint}
      characterCountText={words.cancel.count(length)}
      errorText={error}
      stretch
    >
      <Textarea ref={field} value={value} onChange={({ detail }) => onChange(detail.value)} ariaRequired rows={4} />
    </FormField>
  );
}
