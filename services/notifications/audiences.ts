import type { Queries } from '../../db/access/database.ts';
import { participantsOf, peopleIn, type Group } from '../../db/notifications/audience.ts';
import { procurementRow, type ProcurementRow } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Audience } from '../../domain/notifications/events.ts';
import { assertMandated } from '../mandates/assert.ts';

/** The people behind audiences, looked up once a procurement. */
export class Audiences {
  readonly #q: Queries;
  readonly #now: number;
  readonly #tenders = new Map<string, Promise<ProcurementRow>>();
  readonly #people = new Map<string, Promise<string[]>>();

  /** @param now civil epoch ms */
  constructor(q: Queries, now: number) {
    this.#q = q;
    this.#now = now;
  }

  tender(procurementId: string): Promise<ProcurementRow> {
    return remembered(this.#tenders, procurementId, () => procurementRow(this.#q, procurementId));
  }

  /** @param party the organisation that it concerns, for `party` */
  async people(to: readonly Audience[], procurementId: string, party: string | null): Promise<string[]> {
    const found = await Promise.all(
      to.map((audience) =>
        remembered(this.#people, [audience, procurementId, audience === 'party' ? party : ''].join('/'), async () =>
          peopleIn(this.#q, await this.#groups(audience, await this.tender(procurementId), party)),
        ),
      ),
    );
    return [...new Set(found.flat())];
  }

  /** Those of the centre, for what is of no tender. */
  centre(): Promise<string[]> {
    return remembered(this.#people, 'centre', () => peopleIn(this.#q, [{ role: 'centre' }]));
  }

  async #groups(audience: Audience, tender: ProcurementRow, party: string | null): Promise<Group[]> {
    switch (audience) {
      case 'runners':
        return [
          { role: 'purchaser', organisationIds: [tender.purchaserId] },
          { role: 'agency', organisationIds: await this.#mandatedAgency(tender) },
        ];
      case 'centre':
        return [{ role: 'centre' }];
      case 'supervision':
        return [{ role: 'supervisor' }, { role: 'office' }];
      case 'party':
        return [{ role: 'supplier', organisationIds: party === null ? [] : [party] }];
      case 'participants':
        return [{ role: 'supplier', organisationIds: await participantsOf(this.#q, tender.id) }];
    }
  }

  /** One whose mandate has ended is not notified any more. */
  async #mandatedAgency(tender: ProcurementRow): Promise<string[]> {
    const { agencyId } = tender;
    if (agencyId === null) return [];
    try {
      await assertMandated(this.#q, { ...tender, agencyId }, null, this.#now);
      return [agencyId];
    } catch (error) {
      if (error instanceof DomainError && error.code === 'not-mandated') return [];
      throw error;
    }
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? ask();
  known.set(key, found);
  return found;
}
