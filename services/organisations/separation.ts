import type { Queries } from '../../db/access/database.ts';
import { rolesHeld } from '../../db/accounts/memberships.ts';
import { organisationsWithStanding } from '../../db/organisations.ts';
import { collisionsOf, type Body, type Collision } from '../../domain/organisations/separation.ts';
import type { Role } from '../../domain/roles.ts';

/** Those that run, supervise or execute purchases. */
const PUBLIC_DUTIES: readonly Role[] = ['centre', 'office', 'supervisor', 'agency'];

/** Where identities, duties and reporting lines, as recorded and as held by people, conflict with higher law. */
export async function separationOf(q: Queries): Promise<{ bodies: Body[]; collisions: Collision[] }> {
  const organisations = await organisationsWithStanding(q, PUBLIC_DUTIES);
  const held = await rolesHeld(
    q,
    organisations.map(({ id }) => id),
  );
  const bodies = organisations.map(({ id, name, identity, duties, reportsTo }) => ({
    ...{ id, name, identity, reportsTo },
    duties: [...new Set([...(duties ?? []), ...(held.get(id) ?? [])])],
  }));
  return { bodies, collisions: collisionsOf(bodies) };
}
