import type { TenderActivities } from './index.ts';

export type { Turn } from '../services/tender/turn.ts';

/** All that a workflow asks for which carries a tender, a lot, a grievance or a refund. */
export type Advancing = Pick<TenderActivities, 'advance'>;
