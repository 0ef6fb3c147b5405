import type { Step, Verification } from '../src/model';

export const AGENT = { id: '5b0c1f0e-0000-4000-8000-000000000001', name: 'Ana Rivas', email: 'ana@example.com' };

const CARLA = {
  name: 'Carla Núñez',
  email: 'carla@customers.example.com',
  status: 'active',
  sign_in: 'confirmed',
  mfa: false,
  ecosystems: [{ id: 'eco-bakery', name: 'Panadería Núñez', role: 'admin', plan: 'premium', environments: ['store', 'web'] }],
} as const;

/** A customer as a verified agent sees them. */
export function customer(changes: object = {}): Extract<Verification['customer'], { name: string }> {
  return { ...structuredClone(CARLA), ...changes } as unknown as Extract<Verification['customer'], { name: string }>;
}

export const MASKED: Verification['customer'] = { email: 'c***@customers.example.com' };

/** Steps by their actions, in order. */
export function steps(...actions: Step['action'][]): Step[] {
  return actions.map((action, index) => ({ seq: index + 1, at: '2026-10-28T12:35:00Z', actor: 'agent', action, detail: null }));
}

export function verification(changes: Partial<Verification> = {}): Verification {
  return {
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    module: 'technical-assistance',
    status: 'started',
    outcome: null,
    ticket: null,
    agent: AGENT,
    customer: customer(),
    ecosystem: null,
    access: null,
    code: null,
    consent: null,
    session: null,
    reason: null,
    expires_at: '2026-10-28T12:50:00Z',
    created_at: '2026-10-28T12:35:00Z',
    steps: steps('started'),
    ...changes,
  };
}
