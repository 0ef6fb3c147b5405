import Button from '@cloudscape-design/components/button';
import { useConsole } from './console';
import type { Status } from './model';
import type { Process } from './process';
import { useSpeech } from './words';

/** Where an agent who is done can end it: from their own authentication on, which under a support grant is the consent too. */
const FINISHABLE: Status[] = ['agent_verified', 'awaiting_consent', 'consented', 'minting', 'in_session'];

/** “End session” or, before there is one, “End process”: all is done, and no reason is asked for. */
export function FinishProcess({ process }: { process: Process }) {
  const { words } = useSpeech();
  const { api } = useConsole();
  const { id, status } = process.verification;
  if (!FINISHABLE.includes(status)) return null;
  return (
    <Button
      formAction="none"
      loading={process.busy === 'finish'}
      loadingText={words.loading}
      onClick={() => process.act('finish', () => api.finish(id))}
    >
      {status === 'in_session' ? words.finish.session : words.finish.request}
    </Button>
  );
}
