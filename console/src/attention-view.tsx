import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import { useEffect, useRef, useState } from 'react';
import { callOf, titleOf } from './attention';
import { nameOf } from './customer';
import { browser } from './kept';
import type { Verification } from './model';
import type { Process } from './process';
import { useSeconds } from './use-clock';
import { useSpeech } from './words';

/** Kept by agents who want to be notified. */
const KEPT = 'notify';

/** Keeps the window's title up to date while a verification is shown, and calls its agent back. */
export function Attention({ process: { verification, over }, mine }: { process: Process; mine: boolean }) {
  const { words } = useSpeech();
  useSeconds();
  const title = `${titleOf(verification, over, words)} · ${words.product}`;
  useEffect(() => {
    const before = document.title;
    return () => {
      document.title = before;
    };
  }, []);
  useEffect(() => {
    document.title = title;
  }, [title]);

  const known = useRef<Verification | null>(null);
  useEffect(() => {
    const call = mine ? callOf(known.current, verification) : null;
    known.current = verification;
    if (call === null || browser.get(KEPT) === undefined) return;
    beep();
    notify(words.attention[call](nameOf(verification.customer)), words.attention.enteredNext);
  }, [verification, mine, words]);
  return null;
}

/** Lets the agent choose to be notified. The browser asks for its permission at that moment. */
export function NotifyMe() {
  const { words } = useSpeech();
  const [chosen, setChosen] = useState(browser.get(KEPT) !== undefined);
  const [denied, setDenied] = useState(false);
  const choose = async (checked: boolean) => {
    setChosen(checked);
    setDenied(false);
    if (!checked) return browser.delete(KEPT);
    browser.set(KEPT, 'yes');
    const permission = 'Notification' in globalThis ? await Notification.requestPermission() : 'denied';
    setDenied(permission === 'denied');
  };
  return (
    <div>
      <Checkbox checked={chosen} onChange={({ detail }) => void choose(detail.checked)}>
        {words.attention.notify}
      </Checkbox>
      <div role="status">
        {denied && (
          <Box color="text-body-secondary" fontSize="body-s">
            {words.attention.denied}
          </Box>
        )}
      </div>
    </div>
  );
}

function notify(title: string, body: string): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return;
  try {
    const shown = new Notification(title, { body, tag: 'support-access' });
    shown.onclick = () => {
      focus();
      shown.close();
    };
  } catch {
    // On a phone only service workers may.
  }
}

/** Two short tones. Without sound, or before the first press on the page, there are none. */
function beep(): void {
  try {
    const audio = new AudioContext();
    for (const [start, pitch] of [[0, 660] as const, [0.18, 880] as const]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.value = 0.1;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + 0.12);
    }
    setTimeout(() => void audio.close(), 1000);
  } catch {
    // A machine without sound.
  }
}
