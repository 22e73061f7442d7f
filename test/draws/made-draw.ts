import { createHash } from 'node:crypto';
import { nextCalls, type Call } from '../../domain/committees/calls.ts';
import { DRAW_FORMAT, DRAW_PARTIES, type DrawParty, type DrawTerms } from '../../domain/draws/terms.ts';
import { commitmentOf, draw, labelOf, termsHash, type DrawnPerson } from '../../proofs/draw.ts';
import type { DrawRecord, EntryProof } from '../../proofs/draw-record.ts';
import { leafOf } from '../../proofs/leaf.ts';
import { GrowingTree, inclusionProof, nodeHash, type Nodes } from '../../proofs/merkle.ts';
import { TREE_HEAD } from '../../proofs/tree-head.ts';
import { testSigner } from '../setup/signer.ts';

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const MINUTE = 60_000;
const NINE = Date.parse('2026-12-24T09:00:00+08:00');

const personOf = (n: number): DrawnPerson => ({
  pool: 'pool',
  number: `E${n}`,
  name: `专家${n}`,
  employer: `单位${Math.ceil(n / 2)}`,
});

/** The people of a made draw: their salts by their labels. */
export const PEOPLE = new Map(
  Array.from({ length: 12 }, (_, index) => {
    const [salt, person] = [hex(`salt ${index}`), personOf(index + 1)];
    return [labelOf('draw', salt, person), { salt, person }];
  }),
);

export const TERMS: DrawTerms = {
  format: DRAW_FORMAT,
  drawId: 'draw',
  procurementId: 'tender',
  lotNo: 1,
  openedAt: NINE,
  commitUntil: NINE + 10 * MINUTE,
  firstRevealUntil: NINE + 20 * MINUTE,
  revealUntil: NINE + 30 * MINUTE,
  evaluationAt: NINE + 24 * 60 * MINUTE,
  pools: [{ id: 'pool', name: '省级库', hash: hex('pool'), size: 12 }],
  groups: [
    { field: 'A08', seats: 3 },
    { field: 'B01', seats: 1 },
  ],
  direct: null,
  onePerUnit: true,
  candidates: [...PEOPLE]
    .map(([label, { person }]) => ({
      label,
      unit: hex(person.employer).slice(0, 16),
      fields: person.number === 'E1' ? ['A08', 'B01'] : Number(person.number.slice(1)) > 8 ? ['B01'] : ['A08'],
    }))
    .sort((a, b) => (a.label < b.label ? -1 : 1)),
  excluded: [],
};

/** As a record says it: everything in order, those called first have confirmed. */
export async function madeRecord({
  terms = TERMS,
  gave = DRAW_PARTIES,
  named = false,
}: { terms?: DrawTerms; gave?: readonly DrawParty[]; named?: boolean } = {}): Promise<DrawRecord> {
  const signer = await testSigner();
  const partOf = (party: DrawParty) => hex(`part of ${party}`);
  const commitments = DRAW_PARTIES.map((party) => ({
    party,
    commitment: commitmentOf(terms.drawId, party, partOf(party)),
    at: terms.openedAt + MINUTE,
  }));
  const facts = [termsHash(terms), ...commitments.map(({ commitment }) => commitment)];
  const leaves = facts.map((fact) => leafOf(hex(`entry ${fact}`), fact));
  const tree = new GrowingTree();
  for (const leaf of leaves) tree.append(leaf);
  const nodes: Nodes = async ({ level, index }) => {
    const at = (l: number, i: number): string =>
      l === 0 ? (leaves[i] ?? '') : nodeHash(at(l - 1, 2 * i), at(l - 1, 2 * i + 1));
    return at(level, index);
  };
  const proofs: EntryProof[] = [];
  for (const [index, fact] of facts.entries()) {
    proofs.push({ entry: hex(`entry ${fact}`), index, inclusion: await inclusionProof(index, leaves.length, nodes) });
  }
  const head = { size: leaves.length, root: tree.root(), at: terms.commitUntil };
  const parts = gave.map((party) => ({
    party,
    part: partOf(party),
    at: party === 'centre' ? terms.commitUntil + MINUTE : terms.firstRevealUntil + MINUTE,
  }));
  const orders = draw(terms, Object.fromEntries(parts.map(({ party, part }) => [party, part])), head.root);
  const calls: Call[] = nextCalls(terms, orders, []).map((call) => ({ ...call, state: 'confirmed' }));
  return {
    format: DRAW_FORMAT,
    terms,
    opening: proofs[0] as EntryProof,
    commitments: commitments.map((each, index) => ({ ...each, proof: proofs[index + 1] as EntryProof })),
    head: { ...head, jws: await signer.sign(TREE_HEAD, head) },
    parts,
    orders,
    calls: calls.map((call) => ({ ...call, askedAt: terms.revealUntil, endedAt: terms.revealUntil + MINUTE })),
    opened: named
      ? calls.map(({ label }) => ({ label, ...(PEOPLE.get(label) as { salt: string; person: DrawnPerson }) }))
      : null,
    keys: [signer.publicJwk],
  };
}
