import type { SpaceBetweenProps } from '@cloudscape-design/components/space-between';

export default function SpaceBetween({ size, direction = 'vertical', children }: SpaceBetweenProps) {
  return <div className={`${direction === 'horizontal' ? 'row' : 'stack'} ${size}`}>{children}</div>;
}
