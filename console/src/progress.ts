import type { Status, Verification } from './model';

const STAGES = ['lookUp', 'validation', 'consent', 'session'] as const;
/** With a support grant the customer has authorized the access before the process starts. */
const GRANT_STAGES = ['credentials', 'validation', 'session'] as const;

export type StageName = (typeof STAGES)[number] | (typeof GRANT_STAGES)[number];
export type StageState = 'done' | 'now' | 'open' | 'stopped';

/** How many of the `STAGES` are done. */
const DONE: Record<Exclude<Status, 'closed'>, number> = {
  started: 1,
  agent_challenged: 1,
  agent_verified: 2,
  awaiting_consent: 2,
  consented: 3,
  minting: 3,
  in_session: 3,
};

function doneOf({ status, steps }: Verification): number {
  if (status !== 'closed') return DONE[status];
  const did = (action: string) => steps.some((step) => step.action === action);
  if (did('session-started')) return 4;
  if (did('consented')) return 3;
  return did('agent-verified') ? 2 : 1;
}

/** The stages of a verification and their states. `over`: its session has ended by the clock. */
export function stagesOf(verification: Verification, over: boolean): { stage: StageName; state: StageState }[] {
  const all = over ? STAGES.length : doneOf(verification);
  const stages = verification.module === 'support-grant' ? GRANT_STAGES : STAGES;
  const done = all > 2 ? all - (STAGES.length - stages.length) : all;
  const stateOf = (index: number): StageState => {
    if (index < done) return 'done';
    if (verification.status === 'closed') return 'stopped';
    return index === done ? 'now' : 'open';
  };
  return stages.map((stage, index) => ({ stage, state: stateOf(index) }));
}
