import { createTus } from './uploads/tus.ts';
import { createAuth, SLOW_PASSWORDS } from './http/auth.ts';
import { createOidc } from './http/sign-in/oidc.ts';
import { createCursors } from './http/cursor.ts';
import type { ApiDeps, Services } from './http/services.ts';

/** What routes depend on, whether they are asked over a connection or from a command. */
export function createServices(deps: Omit<ApiDeps, 'pages' | 'temporalReady'>): Services {
  const { db, settings, log, signer, printReceipt, printEvaluation, dossierPages, metrics } = deps;
  const realNow = deps.realNow ?? Date.now;
  return {
    ...{ db, settings, signer, printReceipt, printEvaluation, dossierPages, metrics, realNow },
    auth: createAuth(db, settings, log, realNow, deps.passwords ?? SLOW_PASSWORDS),
    oidc: createOidc(settings),
    cursors: createCursors(settings.sessionKey),
    tus: createTus(db, settings),
    custodiansRunning: deps.custodiansRunning ?? (async () => null),
    onDrillClock: deps.onDrillClock ?? (() => undefined),
  };
}
