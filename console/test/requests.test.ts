/** How many requests a whole session costs, with the console and the consent page open all the time. */

import { expect, test } from 'vitest';
import { type FOLLOWED, pauseOf } from '../../pages/consent/state.js';
import type { Status } from '../src/model';
import { pauseBeforeLook } from '../src/process';
import { verification } from './samples';

const NOON = Date.parse('2026-10-28T12:00:00Z');
const SECOND = 1000;

/** What both sides see, from when on, in seconds, and for how long. */
interface Stage {
  seconds: number;
  status: Status;
  screen?: keyof typeof FOLLOWED;
}

const STAGES: Stage[] = [
  { status: 'started', seconds: 5 },
  { status: 'agent_challenged', seconds: 30 },
  { status: 'agent_verified', seconds: 15 },
  { status: 'awaiting_consent', seconds: 40 }, // until the customer has opened the link
  { status: 'awaiting_consent', screen: 'request', seconds: 45 },
  { status: 'awaiting_consent', screen: 'entered', seconds: 15 },
  { status: 'consented', screen: 'consented', seconds: 10 },
  { status: 'in_session', screen: 'session', seconds: 300 },
];
/** Until the sweep has told the customer. */
const CLOSED: Stage = { status: 'closed', seconds: 60 };
/** Look-up, two codes sent, two entered, the session; on the page the settings, the request and the answer. */
const ACTS = 9;

function reads({ seconds, ...stage }: Stage, pause: (stage: Omit<Stage, 'seconds'>, passed: number) => number): number {
  let count = 0;
  for (let passed = pause(stage, 0); passed < seconds * SECOND; passed += pause(stage, passed)) count += 1;
  return count;
}

/** A deadline far away; each stage begins with a change. */
const inConsole = ({ status }: Omit<Stage, 'seconds'>, passed: number) => {
  const known = verification({ status, expires_at: new Date(NOON + 3600 * SECOND).toISOString() });
  return pauseBeforeLook(known, null, { now: NOON + passed, movedAt: NOON, hidden: false });
};
const onPage = ({ screen }: Omit<Stage, 'seconds'>, passed: number) => (screen === undefined ? 3600 * SECOND : pauseOf(screen, passed));

test('a full session with both pages open takes fewer than 130 requests', () => {
  const consoles = [...STAGES, CLOSED].reduce((sum, stage) => sum + reads(stage, inConsole), 0);
  const pages = STAGES.reduce((sum, stage) => sum + reads(stage, onPage), 0);
  expect(consoles + pages + ACTS).toBeLessThan(130);
  // As docs/console.md and docs/pages.md say.
  expect([consoles, pages]).toEqual([69, 45]);
});
