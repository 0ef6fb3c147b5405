/** The key of an authenticator app, as the app reads it and as people type it. */

const FOURS = /.{4}(?=.)/gu;

/** The address that an authenticator app reads from a QR code. `product`: the name beside its codes. */
export function otpauthAddress(key: string, email: string, product: string): string {
  const by = encodeURIComponent(product);
  return `otpauth://totp/${by}:${encodeURIComponent(email)}?secret=${key}&issuer=${by}`;
}

/** The key in groups of four. */
export function inFours(key: string): string {
  return key.replace(FOURS, '$& ');
}
