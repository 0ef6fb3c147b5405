import Box from '@cloudscape-design/components/box';
import { clockFace } from './clock-face';
import { useSecondsUntil } from './use-clock';

/** The time left until a server time, updated every second. Screen readers can find it, but do not announce each second. */
export function Countdown({ until, large = false, label }: { until: string; large?: boolean; label: string }) {
  const left = useSecondsUntil(until);
  const face = (
    <span role="timer" aria-live="off" aria-label={label} className="figures">
      {clockFace(left)}
    </span>
  );
  if (!large) return face;
  return (
    <Box fontSize="display-l" fontWeight="bold" color={left <= 60 ? 'text-status-error' : 'inherit'}>
      {face}
    </Box>
  );
}
