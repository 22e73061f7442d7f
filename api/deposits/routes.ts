import { bidderDepositRoutes } from './bidder.ts';
import { depositListRoutes } from './list.ts';
import { depositRateRoutes } from './rates.ts';
import { depositRecordingRoutes } from './recording.ts';
import { depositSettlementRoutes } from './settlement.ts';

export const depositRoutes = [
  ...bidderDepositRoutes,
  ...depositListRoutes,
  ...depositRateRoutes,
  ...depositRecordingRoutes,
  ...depositSettlementRoutes,
];
