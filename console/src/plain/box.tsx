import type { BoxProps } from '@cloudscape-design/components/box';

const TAGS: Record<string, 'p' | 'span' | 'strong'> = { p: 'p', span: 'span', strong: 'strong' };

export default function Box({ variant = 'div', color, fontSize, textAlign, fontWeight, padding, float, children }: BoxProps) {
  const Tag = TAGS[variant] ?? 'div';
  const classes = [
    variant === 'awsui-key-label' ? 'label' : '',
    color === 'text-body-secondary' ? 'quiet' : '',
    color === 'text-status-error' ? 'wrong' : '',
    fontSize === 'body-s' ? 'small' : '',
    fontSize === 'display-l' ? 'display' : '',
    fontWeight === 'bold' ? 'strong' : '',
    textAlign === 'center' ? 'center' : '',
    padding === undefined ? '' : 'padded',
    float === 'right' ? 'right' : '',
  ];
  return <Tag className={classes.filter(Boolean).join(' ') || undefined}>{children}</Tag>;
}
