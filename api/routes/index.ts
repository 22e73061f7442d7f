import type { Route } from '../route.ts';
import { accountRoutes } from './accounts.ts';
import { bidRoutes } from './bids.ts';
import { catalogueRoutes } from './catalogue.ts';
import { calendarRoutes } from './calendar.ts';
import { changeRoutes } from './changes.ts';
import { custodianRoutes } from './custodians.ts';
import { depositRoutes } from './deposits.ts';
import { documentRoutes } from './documents.ts';
import { grievanceRoutes } from './grievances.ts';
import { lawRoutes } from './law.ts';
import { logRoutes } from './log.ts';
import { lotRoutes } from './lots.ts';
import { offPlatformRoutes } from './off-platform.ts';
import { openingRoutes } from './opening.ts';
import { organisationRoutes } from './organisations.ts';
import { procurementRoutes } from './procurements.ts';
import { questionRoutes } from './questions.ts';
import { recordRoutes } from './records.ts';
import { sessionRoutes } from './session.ts';
import { uploadRoutes } from './uploads.ts';

/** Every route there is; what is not here is not served. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...organisationRoutes,
  ...accountRoutes,
  ...procurementRoutes,
  ...documentRoutes,
  ...questionRoutes,
  ...changeRoutes,
  ...bidRoutes,
  ...uploadRoutes,
  ...depositRoutes,
  ...openingRoutes,
  ...lotRoutes,
  ...grievanceRoutes,
  ...recordRoutes,
  ...logRoutes,
  ...lawRoutes,
  ...catalogueRoutes,
  ...offPlatformRoutes,
  ...calendarRoutes,
  ...custodianRoutes,
];
