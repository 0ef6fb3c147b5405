import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Outcome, VerificationSummary } from './model';

type Look = StatusIndicatorProps.Type;

export const OUTCOME_LOOKS: Record<Outcome, Look> = {
  completed: 'success',
  ended: 'success',
  finished: 'success',
  cancelled: 'stopped',
  denied: 'error',
  expired: 'warning',
  locked: 'error',
};

/** How a verification's state looks in a list. */
export function lookOf({ outcome, status }: Pick<VerificationSummary, 'outcome' | 'status'>): Look {
  if (outcome !== null) return OUTCOME_LOOKS[outcome];
  return status === 'in_session' ? 'in-progress' : 'pending';
}
