import Box from '@cloudscape-design/components/box';
import { useSecondsUntil } from './clock';

/** 4:07, or 1:04:07. */
export function clockFace(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** The time left until a server's time, every second. A screen reader finds it, but is not told each second. */
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
