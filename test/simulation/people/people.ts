import { UNATTENDED, type Actor } from '../../../db/audit.ts';
import type { Database } from '../../../db/access/database.ts';
import type { Organisation } from '../../../db/organisations.ts';
import type { Role } from '../../../domain/roles.ts';
import { createAccount } from '../../../services/accounts/create.ts';
import { createOrganisation } from '../../../services/organisations/create.ts';
import { expertGiven, poolOf } from '../../setup/tenders/committees.ts';
import { actorOf, setFigures } from '../../setup/tenders/tender.ts';
import type { Story } from './story.ts';

/** Who acts in one installation. */
export interface People {
  readonly purchasers: readonly Organisation[];
  readonly suppliers: readonly Organisation[];
  readonly centre: Organisation;
  /** Of somebody who neither runs nor bids. */
  readonly outsider: Organisation;
  as(organisation: Organisation, role: Role): Actor;
  /** Whoever runs a tender. */
  runs(story: Pick<Story, 'purchaser'>): Actor;
  supplies(index: number): Actor;
  /** The people of a purchaser who have accounts, by their number; the first and the last have one name. */
  clerk(purchaser: number, number: number): Actor;
  /** Of experts, all of one field. */
  readonly poolId: string;
}

const PURCHASERS = 4;
const EXPERTS = 16;
/** Of the experts (as expertGiven has it). */
export const FIELD = 'A08';
export const CLERKS = ['经办甲', '复核乙', '经办甲'];
export const SUPPLIERS = 9;

export const ADMINISTRATOR: Actor = {
  accountId: 'admin',
  organisationId: null,
  role: 'administrator',
  address: null,
  requestId: null,
};

export async function peopleOf(db: Database): Promise<People> {
  let count = 0;
  const organisation = (name: string): Promise<Organisation> => {
    count += 1;
    const creditCode = `91360000${String(count).padStart(9, '0')}${count % 10}`;
    return db.transaction((tx) => createOrganisation(tx, ADMINISTRATOR, { name: `${name}${count}`, creditCode }));
  };
  const several = async (name: string, times: number): Promise<Organisation[]> => {
    const all: Organisation[] = [];
    while (all.length < times) all.push(await organisation(name));
    return all;
  };
  const purchasers = await several('采购人', PURCHASERS);
  const suppliers = await several('供应商', SUPPLIERS);
  const centre = await organisation('交易中心');
  const outsider = await organisation('局外人');
  const clerks: Actor[][] = [];
  for (const purchaser of purchasers) clerks.push(await clerksOf(db, purchaser));
  const experts = Array.from({ length: EXPERTS }, (_, n) => expertGiven(n + 1));
  const poolId = await poolOf(db, centre.id, experts);
  // Without them nobody can tell which procedure is lawful.
  await setFigures(db);
  return {
    ...{ purchasers, suppliers, centre, outsider, poolId },
    as: actorOf,
    runs: ({ purchaser }) => actorOf(purchasers[purchaser] as Organisation, 'purchaser'),
    supplies: (index) => actorOf(suppliers[index] as Organisation, 'supplier'),
    clerk: (purchaser, number) => clerks[purchaser]?.[number] as Actor,
  };
}

async function clerksOf(db: Database, organisation: Organisation): Promise<Actor[]> {
  const memberships = [{ organisationId: organisation.id, role: 'purchaser' as const }];
  const all: Actor[] = [];
  for (const [number, name] of CLERKS.entries()) {
    const username = `clerk.${organisation.creditCode}.${number}`;
    const account = { username, name, memberships, passwordHash: 'salt:hash', oneTimeUntil: null };
    const { id } = await db.transaction((tx) => createAccount(tx, UNATTENDED, account));
    all.push({ ...actorOf(organisation, 'purchaser'), accountId: id });
  }
  return all;
}
