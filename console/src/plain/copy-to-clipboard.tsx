import type { CopyToClipboardProps } from '@cloudscape-design/components/copy-to-clipboard';
import { useState } from 'react';
import Button from './button';

export default function CopyToClipboard({ textToCopy = '', copyButtonText, copySuccessText, copyErrorText }: CopyToClipboardProps) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    setSaid('');
    try {
      await navigator.clipboard.writeText(textToCopy);
      setSaid(copySuccessText ?? '');
    } catch {
      setSaid(copyErrorText ?? '');
    }
  };
  return (
    <div className="row">
      <Button formAction="none" onClick={() => void copy()}>
        {copyButtonText}
      </Button>
      <span role="status">{said}</span>
    </div>
  );
}
