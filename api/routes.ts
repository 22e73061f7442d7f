import type { Route } from './http/route.ts';
import { accountRoutes } from './accounts/routes.ts';
import { awardRoutes } from './awards/routes.ts';
import { bidRoutes } from './bids/routes.ts';
import { expertRoutes } from './experts/routes.ts';
import { drawListRoutes } from './committees/list.ts';
import { committeeRoutes } from './committees/routes.ts';
import { ownCallRoutes } from './committees/own-calls.ts';
import { catalogueRoutes } from './catalogue/routes.ts';
import { calendarRoutes } from './calendar/routes.ts';
import { changeRoutes } from './procurements/changes.ts';
import { draftRoutes } from './procurements/drafts.ts';
import { clueRoutes } from './clues/routes.ts';
import { contractRoutes } from './contracts/routes.ts';
import { custodianRoutes } from './custodians/routes.ts';
import { depositRoutes } from './deposits/routes.ts';
import { dossierRoutes } from './dossiers/routes.ts';
import { drillRoutes } from './drill/routes.ts';
import { documentRoutes } from './documents/routes.ts';
import { grievanceRoutes } from './grievances/routes.ts';
import { mandateRoutes } from './mandates/routes.ts';
import { clockRoutes } from './clock/routes.ts';
import { lawRoutes } from './law/routes.ts';
import { logRoutes } from './log/routes.ts';
import { schemeRoutes } from './evaluation/schemes.ts';
import { presenceRoutes } from './evaluation/presence.ts';
import { proceedingsRoutes } from './evaluation/proceedings.ts';
import { recheckRoutes } from './rechecks/routes.ts';
import { resultRoutes } from './evaluation/results.ts';
import { evaluationRoutes } from './evaluation/routes.ts';
import { offPlatformRoutes } from './off-platform/routes.ts';
import { openingRoutes } from './openings/routes.ts';
import { controlRoutes } from './organisations/controls.ts';
import { invitationRoutes } from './accounts/invitations.ts';
import { registrationRoutes } from './registrations/routes.ts';
import { correctionRoutes } from './organisations/corrections.ts';
import { organisationRoutes } from './organisations/routes.ts';
import { preparable, preparedActRoutes } from './prepared-acts/routes.ts';
import { oversightRoutes } from './procurements/oversight.ts';
import { procurementRoutes } from './procurements/routes.ts';
import { questionRoutes } from './questions/routes.ts';
import { auditRoutes } from './log/audit.ts';
import { decisionRoutes } from './decisions/routes.ts';
import { contactRoutes } from './notifications/contact.ts';
import { notificationRoutes } from './notifications/routes.ts';
import { peopleRoutes } from './accounts/people.ts';
import { noticeRoutes } from './notices/routes.ts';
import { calendarAddressRoutes } from './accounts/calendar-address.ts';
import { identityRoutes } from './accounts/identities.ts';
import { secondFactorRoutes } from './accounts/second-factor.ts';
import { sessionRoutes } from './accounts/session.ts';
import { setupRoutes } from './accounts/setup.ts';
import { uploadRoutes } from './uploads/routes.ts';
import { venueRoutes } from './venues/routes.ts';

const ACTS_AND_READS: readonly Route[] = [
  ...sessionRoutes,
  ...calendarAddressRoutes,
  ...secondFactorRoutes,
  ...identityRoutes,
  ...notificationRoutes,
  ...contactRoutes,
  ...peopleRoutes,
  ...organisationRoutes,
  ...controlRoutes,
  ...correctionRoutes,
  ...invitationRoutes,
  ...setupRoutes,
  ...registrationRoutes,
  ...mandateRoutes,
  ...accountRoutes,
  ...procurementRoutes,
  ...documentRoutes,
  ...questionRoutes,
  ...changeRoutes,
  ...draftRoutes,
  ...bidRoutes,
  ...uploadRoutes,
  ...depositRoutes,
  ...openingRoutes,
  ...expertRoutes,
  ...committeeRoutes,
  ...drawListRoutes,
  ...ownCallRoutes,
  ...schemeRoutes,
  ...presenceRoutes,
  ...proceedingsRoutes,
  ...resultRoutes,
  ...evaluationRoutes,
  ...recheckRoutes,
  ...awardRoutes,
  ...contractRoutes,
  ...grievanceRoutes,
  ...noticeRoutes,
  ...decisionRoutes,
  ...auditRoutes,
  ...oversightRoutes,
  ...clueRoutes,
  ...logRoutes,
  ...lawRoutes,
  ...catalogueRoutes,
  ...offPlatformRoutes,
  ...calendarRoutes,
  ...custodianRoutes,
  ...venueRoutes,
  ...clockRoutes,
  ...drillRoutes,
];

const WITH_PREPARED: readonly Route[] = [...ACTS_AND_READS.map(preparable), ...preparedActRoutes(ACTS_AND_READS)];

/** Every route; only these are served. */
export const ROUTES: readonly Route[] = [...WITH_PREPARED, ...dossierRoutes(WITH_PREPARED)];
