import { useEffect, useState } from 'react';

/** Whether the network has come back since a failure. */
export function useBack(failure: unknown): boolean {
  const [backAfter, setBackAfter] = useState<unknown>(null);
  useEffect(() => {
    const come = () => setBackAfter(failure);
    addEventListener('online', come);
    return () => removeEventListener('online', come);
  }, [failure]);
  return failure !== null && backAfter === failure;
}
