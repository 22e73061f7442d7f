import { bidderDepositRoutes } from './bidder.ts';
import { depositRecordingRoutes } from './recording.ts';
import { depositSettlementRoutes } from './settlement.ts';

export const depositRoutes = [...bidderDepositRoutes, ...depositRecordingRoutes, ...depositSettlementRoutes];
