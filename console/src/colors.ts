import { applyMode, Mode } from '@cloudscape-design/global-styles';

/** Shows the component library in light or dark, as the machine does, also when that changes. */
export function followColors(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => applyMode(dark.matches ? Mode.Dark : Mode.Light);
  dark.addEventListener('change', apply);
  apply();
}
