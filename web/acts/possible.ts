import type { Route } from '../../api/http/route.ts';
import { ROUTES } from '../../api/routes.ts';
import { permission, type Role, type Situation } from '../../domain/roles.ts';

/** An act or a read of a tender or a lot that a role may do now. */
export interface Possible {
  readonly spec: Route;
  /** Under /api, with the values of its parameters. */
  readonly path: string;
}

/** Where an act takes place. @param lotNo null: the tender as a whole */
export interface ActPlace {
  readonly role: Role;
  readonly procurementId: string;
  readonly lotNo: number | null;
  readonly situation: Situation;
}

/** Whether the table of roles has it, in this situation; what the act itself judges is not asked. */
export function isPossible(spec: Route, role: Role, situation: Situation): boolean {
  const actions = [spec.action, ...(spec.draftAction ? [spec.draftAction] : []), ...(spec.orElse ?? [])];
  return actions.some((action) => 'scope' in permission(role, action, situation));
}

/** What can be done at a place: acts, or reads. Those that name something else besides (a bid, a call) are reached from it. */
export function possibleAt({ role, procurementId, lotNo, situation }: ActPlace, what: 'acts' | 'reads'): Possible[] {
  const beginning = lotNo === null ? '/procurements/{id}' : '/procurements/{id}/lots/{no}';
  return ROUTES.filter(({ method, path, tag, upload }) => {
    const rest = path.startsWith(beginning) ? path.slice(beginning.length) : null;
    if (rest === null || rest.includes('{') || (lotNo === null && rest.startsWith('/lots'))) return false;
    if (/prepared|dossier|\/uploads/.test(path) || tag === 'dossiers' || upload?.pieces) return false;
    return what === 'acts'
      ? method !== 'get' && method !== 'head' && method !== 'options'
      : method === 'get' && rest !== '';
  })
    .filter((spec) => isPossible(spec, role, situation))
    .map((spec) => ({
      spec,
      path: spec.path.replace('{id}', procurementId).replace('{no}', String(lotNo)),
    }));
}
