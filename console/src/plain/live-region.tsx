import type { LiveRegionProps } from '@cloudscape-design/components/live-region';

export default function LiveRegion({ hidden, children }: LiveRegionProps) {
  return (
    <div role="status" className={hidden ? 'unseen' : undefined}>
      {children}
    </div>
  );
}
