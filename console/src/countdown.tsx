import Box from '@cloudscape-design/components/box';
import { clockFace } from './clock-face';
import { useSecondsUntil } from './use-clock';

interface Props {
  until: string;
  /** The longest time that can be left, in seconds, so that a clock that is wrong does not promise more. */
  most?: number;
  large?: boolean;
  label: string;
}

/** The time left until a server time, updated every second. Screen readers can find it, but do not announce each second. */
export function Countdown({ until, most, large = false, label }: Props) {
  const left = Math.min(useSecondsUntil(until), most ?? Number.POSITIVE_INFINITY);
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
