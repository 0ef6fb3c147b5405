import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { QRCodeSVG } from 'qrcode.react';
import { inFours, otpauthAddress } from './authenticator';
import type { Challenge } from './cognito';
import { useSpeech } from './words';

type Asked = Extract<Challenge, { asks: 'authenticator' }>;

/** The key for an authenticator app: to scan, to open on this device, to copy or to type. It is kept only in this page's memory. */
export function AuthenticatorKey({ asked: { key, email }, product }: { asked: Asked; product: string }) {
  const { words } = useSpeech();
  const text = words.signIn.authenticator;
  const address = otpauthAddress(key, email, product);
  return (
    <SpaceBetween size="s">
      <QRCodeSVG value={address} size={224} marginSize={4} role="img" title={text.picture} />
      <Link href={address}>{text.open}</Link>
      <div>
        <Box variant="awsui-key-label">{text.key}</Box>
        <code className="authenticator-key">{inFours(key)}</code>
      </div>
      <CopyToClipboard
        variant="button"
        textToCopy={key}
        copyButtonText={text.copy}
        copySuccessText={words.remote.credentials.copied}
        copyErrorText={words.remote.credentials.notCopied}
      />
    </SpaceBetween>
  );
}
