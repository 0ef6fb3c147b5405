import type { LinkProps } from '@cloudscape-design/components/link';

export default function Link({ href, children, external, onFollow }: LinkProps) {
  return (
    <a
      href={href}
      target={external ? '_blank' : undefined}
      rel={external ? 'noopener noreferrer' : undefined}
      onClick={(event) => onFollow?.(event as unknown as Parameters<NonNullable<typeof onFollow>>[0])}
    >
      {children}
    </a>
  );
}
