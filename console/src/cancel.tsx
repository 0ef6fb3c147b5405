import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useConsole } from './console';
import { FailureAlert } from './failure-alert';
import type { Process } from './process';
import { useSpeech } from './words';

const LONGEST = 500;

/** “Cancel process”, on every screen of an open verification. Its dialog asks for a reason, which the customer reads. */
export function CancelProcess({ process }: { process: Process }) {
  const { words } = useSpeech();
  const { api } = useConsole();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [note, setNote] = useState('');
  const [asked, setAsked] = useState(false);
  const field = useRef<TextareaProps.Ref>(null);
  const noteField = useRef<TextareaProps.Ref>(null);
  const { id } = process.verification;
  const failure = process.failure?.act === 'cancel' ? process.failure.failure : null;

  const used = lengthOf(reason);
  const noteUsed = lengthOf(note);
  const error = used === 0 ? words.cancel.needed : used > LONGEST ? words.cancel.tooLong : null;
  const noteError = noteUsed > LONGEST ? words.cancel.tooLong : null;

  const confirm = async () => {
    setAsked(true);
    if (error !== null) return field.current?.focus();
    if (noteError !== null) return noteField.current?.focus();
    const body = { reason: reason.trim(), ...(noteUsed === 0 ? {} : { note: note.trim() }) };
    if (await process.act('cancel', () => api.cancel(id, body))) setOpen(false);
  };
  const choose = (text: string) => {
    setReason(text);
    field.current?.focus();
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
            <Choices onChoose={choose} />
            <Reason field={field} value={reason} onChange={setReason} used={used} error={asked || used > LONGEST ? error : null} />
            <FormField
              label={
                <>
                  {words.cancel.note} <i>{words.lookUp.optional}</i>
                </>
              }
              description={words.cancel.noteHint}
              characterCountText={words.cancel.count(noteUsed)}
              errorText={noteError}
              stretch
            >
              <Textarea ref={noteField} value={note} onChange={({ detail }) => setNote(detail.value)} rows={2} />
            </FormField>
          </SpaceBetween>
        </Modal>
      )}
    </>
  );
}

/** Counted as the server does: in characters, without the white space around them. */
function lengthOf(text: string): number {
  return [...text.trim()].length;
}

/** Reasons to begin with, which can be changed. */
function Choices({ onChoose }: { onChoose: (reason: string) => void }) {
  const { words } = useSpeech();
  return (
    <div>
      <Box variant="awsui-key-label">{words.cancel.choices}</Box>
      <SpaceBetween direction="horizontal" size="xs">
        {words.cancel.reasons.map((reason) => (
          <Button key={reason} formAction="none" onClick={() => onChoose(reason)}>
            {reason}
          </Button>
        ))}
      </SpaceBetween>
    </div>
  );
}

interface ReasonProps {
  field: RefObject<TextareaProps.Ref | null>;
  value: string;
  onChange: (value: string) => void;
  used: number;
  error: string | null;
}

function Reason({ field, value, onChange, used, error }: ReasonProps) {
  const { words } = useSpeech();
  useEffect(() => {
    // After the dialog, which moves the focus to its first button when it opens.
    const later = setTimeout(() => field.current?.focus());
    return () => clearTimeout(later);
  }, [field]);
  return (
    <FormField
      label={words.cancel.field}
      description={words.cancel.hint}
      characterCountText={words.cancel.count(used)}
      errorText={error}
      stretch
    >
      <Textarea ref={field} value={value} onChange={({ detail }) => onChange(detail.value)} ariaRequired rows={4} />
    </FormField>
  );
}
