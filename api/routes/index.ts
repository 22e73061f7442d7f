import type { Route } from '../route.ts';
import { accountRoutes } from './accounts.ts';
import { organisationRoutes } from './organisations.ts';
import { sessionRoutes } from './session.ts';

/** Every route there is; what is not here is not served. */
export const ROUTES: readonly Route[] = [...sessionRoutes, ...organisationRoutes, ...accountRoutes];
