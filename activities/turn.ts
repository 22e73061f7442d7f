import type { TenderActivities } from './index.ts';

export type { Turn } from '../services/tender/turn.ts';

/** All activities that a workflow of a tender, a lot, a grievance or a refund calls. */
export type Advancing = Pick<TenderActivities, 'advance'>;
