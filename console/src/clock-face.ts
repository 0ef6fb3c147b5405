const two = (amount: number) => String(amount).padStart(2, '0');

/** A number of seconds as a clock shows it: 4:07, or 1:04:07. */
export function clockFace(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
