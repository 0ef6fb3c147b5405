import type { KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';

type Pair = Exclude<KeyValuePairsProps['items'][number], { type: 'group' }>;

export default function KeyValuePairs({ items, columns = 1 }: KeyValuePairsProps) {
  return (
    <dl className={`pairs columns-${columns}`}>
      {(items as Pair[]).map(({ label, value }) => (
        <div key={String(label)}>
          <dt className="label">{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
