import { randomBytes } from 'node:crypto';
import type { DrawParty } from '../../domain/draws/terms.ts';
import { commitmentOf } from '../../proofs/draw.ts';
import type { Joined, Person } from './people.ts';

/** The people of an evaluation. */
export interface Panel {
  readonly purchaser: Person;
  readonly centre: Person;
  readonly supervisor: Person;
  /** In the pool; more than sit. */
  readonly experts: readonly Joined[];
  /** 采购人代表. */
  readonly representative: Joined;
}

/** 评审专业: the field that the made-up experts have. */
const FIELD = 'A08';

/** The centre keeps a pool, and each expert's account is known in it. @returns the pool's id */
export async function poolOf(centre: Person, experts: readonly Joined[]): Promise<string> {
  const { id } = await centre.ask('POST', '/expert-pools', 201, { name: '省综合评标专家库', level: 'provincial' });
  const path = `/expert-pools/${String(id)}/experts`;
  const numberOf = (index: number) => `E${index + 1}`;
  const given = experts.map(({ person }, index) => ({
    ...{ number: numberOf(index), name: person.name, fields: [FIELD] },
    employer: { name: `某设计院${index + 1}` },
    credentials: [{ title: '高级工程师' }],
  }));
  await centre.ask('POST', path, 200, { experts: given, whole: true });
  const { items } = (await centre.ask('GET', path, 200)) as { items: { id: string; number: string }[] };
  for (const [index, { accountId }] of experts.entries()) {
    const row = items.find(({ number }) => number === numberOf(index));
    await centre.ask('PUT', `/experts/${String(row?.id)}/account`, 200, { accountId });
  }
  return String(id);
}

/** The committee that a draw is for. */
interface Wanted {
  readonly poolId: string;
  readonly seats: number;
  readonly evaluationAt: string;
}

/**
 * Those whom a draw calls, who all confirm.
 * @param lot path of the lot
 * @returns the draw's id
 */
export async function formCommittee(panel: Panel, lot: string, wanted: Wanted): Promise<string> {
  const drawId = await callMembers(panel, lot, wanted);
  await confirmCalls(panel, drawId);
  return drawId;
}

/** Three parties commit, then reveal; the experts that are drawn are called. @returns the draw's id */
export async function callMembers(
  { purchaser, centre, supervisor, representative }: Omit<Panel, 'experts'>,
  lot: string,
  { poolId, seats, evaluationAt }: Wanted,
): Promise<string> {
  const opened = await purchaser.ask('POST', `${lot}/committee/draws`, 201, {
    ...{ poolIds: [poolId], groups: [{ field: FIELD, seats }], evaluationAt },
    representativeIds: [representative.accountId],
  });
  const drawId = String(opened.drawId);
  const parties = (
    [
      ['centre', centre],
      ['purchaser', purchaser],
      ['supervisor', supervisor],
    ] as [DrawParty, Person][]
  ).map(([party, person]) => ({ party, person, part: randomBytes(32).toString('hex') }));
  for (const { party, person, part } of parties) {
    const commitment = commitmentOf(drawId, party, part);
    await person.ask('POST', `${lot}/committee/commitment`, 200, { commitment });
  }
  for (const { person, part } of parties) await person.ask('POST', `${lot}/committee/part`, 200, { part });
  return drawId;
}

/** Everybody who is called says yes. */
export async function confirmCalls({ experts }: Panel, drawId: string): Promise<void> {
  for (const { person } of await calledAs('invited', experts, drawId)) {
    await person.ask('POST', `/expert/calls/${drawId}/answer`, 200, { answer: 'confirm' });
  }
}

/** The experts whose call stands so. */
export async function calledAs(state: string, experts: readonly Joined[], drawId: string): Promise<Joined[]> {
  const found: Joined[] = [];
  for (const expert of experts) {
    const { items } = (await expert.person.ask('GET', '/expert/calls', 200)) as {
      items: { drawId: string; state: string }[];
    };
    if (items.some((call) => call.drawId === drawId && call.state === state)) found.push(expert);
  }
  return found;
}
