/** How many requests a whole session costs, with the console and the consent page open all the time. */

import { expect, test } from 'vitest';
import { type FOLLOWED, pauseOf, SETTLED } from '../../pages/consent/state.js';
import type { Status } from '../src/model';
import { pauseBeforeLook } from '../src/process';
import counted from './requests.json' with { type: 'json' };
import { verification } from './samples';

const NOON = Date.parse('2026-10-28T12:00:00Z');
const SECOND = 1000;
/** Look-up, two codes sent, two entered, the session, and the console's first read; on the page the request and the answer. */
const ACTS = 9;

/** What both sides see, and for how long, in seconds. Each stage begins with a change. The last one lasts until the customer is told. */
type Stage = (typeof counted.stages)[number];

function reads({ seconds }: Stage, pause: (passed: number) => number): number[] {
  const moments: number[] = [];
  for (let passed = pause(0); passed < seconds * SECOND; passed += pause(passed)) moments.push(passed);
  return moments;
}

function inConsole(stage: Stage, hidden = false): number[] {
  const known = verification({ status: stage.status as Status, expires_at: new Date(NOON + 3600 * SECOND).toISOString() });
  return reads(stage, (passed) => pauseBeforeLook(known, null, { now: NOON + passed, movedAt: NOON, hidden }));
}

function onPage(stage: Stage): number[] {
  const screen = stage.screen as keyof typeof FOLLOWED | null;
  return screen === null ? [] : reads(stage, (passed) => pauseOf(screen, passed));
}

test('a full session with both pages open takes as many requests as stated, fewer than 100', () => {
  const stages = counted.stages.map((stage) => {
    const page = onPage(stage);
    const fresh = page.filter((passed) => passed < SETTLED).length;
    // The environment in which the agent works is another tab.
    const hidden = inConsole(stage, stage.status === 'in_session').length;
    return { ...stage, console: inConsole(stage).length, hidden, page: page.length, fresh };
  });
  const all = stages.reduce((sum, stage) => sum + stage.console + stage.page, ACTS);
  expect(all).toBeLessThan(100);
  expect(stages).toEqual(counted.stages);
});
