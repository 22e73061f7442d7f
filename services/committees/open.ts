import type { LotStage } from '../../domain/stages.ts';
import { randomBytes } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { membershipsOfAccount } from '../../db/accounts/memberships.ts';
import type { Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { insertDraw, latestDraw, type Draw } from '../../db/committees/draws.ts';
import { expertOf, expertsOf, poolById, type ExpertPool, type ExpertRow } from '../../db/committees/experts.ts';
import { namesOf } from '../../db/parties/names.ts';
import { outOfState } from '../../domain/committees/out-of-state.ts';
import type { TenderPlace } from '../../db/tender/place.ts';
import { MINUTE_MS } from '../../domain/civil-time.ts';
import { checkComposition } from '../../domain/committees/composition.ts';
import { isOver } from '../../domain/committees/state.ts';
import { checkDrawTime } from '../../domain/committees/timing.ts';
import { DRAW_FORMAT, type DirectChoice, type DrawTerms, type SeatGroup } from '../../domain/draws/terms.ts';
import { DomainError } from '../../domain/errors.ts';
import { exclusionsOf } from '../../domain/experts/eligibility.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf, severityOf, type Violation } from '../../domain/law/violation.ts';
import { labelOf, termsHash } from '../../proofs/draw.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { reachesOpenFigure } from '../catalogue/open-figure.ts';
import { planCommittee } from '../procurements/bidding.ts';
import { beginAnew } from '../rechecks/begin-anew.ts';
import { openRecheck } from '../rechecks/open.ts';
import { loadCase, saveCases, type TenderCase } from '../tender/case.ts';
import { eligibilityFacts } from './eligible.ts';
import { note, wakeCommittee } from './events.ts';
import { voidExhausted } from './settle.ts';
import { sealDraw, type Representative, type SealedPerson } from './sealed.ts';

export interface DrawRequest {
  readonly poolIds: readonly string[];
  readonly groups: readonly SeatGroup[];
  readonly regions: readonly string[] | null;
  /** People of the purchaser, by their accounts. */
  readonly representativeIds: readonly string[];
  /** 技术复杂、社会影响较大. */
  readonly complex: boolean;
  /** Civil epoch ms. */
  readonly evaluationAt: number;
  readonly earlyReasonZh: string | null;
  /** How long parties may take to commit themselves, and each of the two turns to hand their parts in. */
  readonly commitMinutes: number;
  readonly revealMinutes: number;
  readonly answerMinutes: number;
  readonly onePerUnit: boolean;
  readonly direct: Pick<DirectChoice, 'reasonZh' | 'approval'> | null;
}

const SALT_BYTES = 32;
const UNIT_CHARACTERS = 16;

/**
 * Opens the draw of a lot's committee: who may be drawn, who is excluded and why, and how many seats there are, settled and
 * hashed into the log before any party binds itself to its part of the seed.
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function openDraw(tx: Tx, actor: Actor, place: TenderPlace, request: DrawRequest): Promise<Draw> {
  const c = await loadCase(tx, place.procurementId);
  await voidExhausted(tx, actor, place);
  const { before, pools, warnings, representatives } = await judgeDraw(c, place, request, tx.now);
  const id = newId();
  const rows = await expertsOf(tx.q, request.poolIds);
  const listed = await list(c, place.lotNo, { id, request, rows, pools });
  const terms: DrawTerms = {
    format: DRAW_FORMAT,
    drawId: id,
    ...place,
    ...timesOf(tx.now, request),
    pools: pools.map((pool) => poolAsHashed(pool, rows, listed.poolSalts[pool.id] ?? '')),
    groups: request.groups.map(({ field, seats }) => ({ field, seats })),
    direct: request.direct && { rule: c.definition.committee.direct.rule, ...request.direct },
    onePerUnit: request.onePerUnit,
    candidates: listed.candidates,
    excluded: listed.excluded,
  };
  refuseTooFew(terms);
  const draw: Draw = {
    ...{ id, ...place, round: (before?.round ?? 0) + 1, state: 'committing', terms, hash: termsHash(terms) },
    sealed: sealDraw(tx.committees, id, { poolSalts: listed.poolSalts, people: listed.people, representatives }),
    answerMinutes: request.answerMinutes,
    ...{ headSize: null, orders: null, drawnAt: null, formedAt: null, shortAt: null, endedAt: null },
    ...{ openedBy: actor, openedAt: tx.now },
  };
  await insertDraw(tx, draw);
  if (before) await beginAnew(c, actor, { before, draw });
  if (c.milestone(place.lotNo, 'committee')?.state !== 'done') {
    planCommittee(c, place.lotNo, request.evaluationAt);
    await saveCases(tx, [c]);
  }
  const { candidates, excluded, groups, evaluationAt } = terms;
  note(tx, draw, {
    ...{ actor, action: 'draw.open', event: 'draw.opened' },
    detail: {
      ...{ hash: draw.hash, round: draw.round, groups, evaluationAt },
      ...{ candidates: candidates.length, excluded: excluded.length, warnings: warnings.map(({ rule }) => rule) },
      ...(request.earlyReasonZh === null ? {} : { earlyReasonZh: request.earlyReasonZh }),
    },
  });
  wakeCommittee(tx, draw);
  return draw;
}

interface Judged {
  /** The draw before this one. */
  readonly before: Draw | undefined;
  readonly pools: readonly ExpertPool[];
  readonly warnings: readonly Violation[];
  readonly representatives: readonly Representative[];
}

/**
 * Whether a draw may be held as requested.
 * @param drawAt when it begins (civil epoch ms)
 * @throws DomainError `unlawful`, `bad-input`, `stage-conflict`, `not-found`
 */
export async function judgeDraw(
  c: TenderCase,
  place: TenderPlace,
  request: DrawRequest,
  drawAt: number,
): Promise<Judged> {
  const { tx } = c;
  const { stage } = c.lot(place.lotNo);
  const recheck = await openRecheck(c, place.lotNo);
  if (!OPEN_STAGES.includes(stage) && !recheck) throw outOfState('lot', stage, OPEN_STAGES);
  const before = await latestDraw(tx.q, place);
  if (before && !isOver(before.state)) throw outOfState('draw', before.state, ['void', 'ended']);
  // The committee that made a report looks at it again, and no other as long as it can be completed.
  if (recheck && before?.state !== 'void') throw outOfState('lot', stage, OPEN_STAGES);
  const pools = await Promise.all(request.poolIds.map((id) => poolById(tx.q, id)));
  const warnings = await refuseUnlawful(c, request, pools, drawAt);
  timesOf(drawAt, request);
  return { before, pools, warnings, representatives: await representativesOf(c, request.representativeIds) };
}

const OPEN_STAGES: readonly LotStage[] = ['pending', 'opening', 'evaluation'];

function timesOf(now: number, { commitMinutes, revealMinutes, evaluationAt }: DrawRequest) {
  const commitUntil = now + commitMinutes * MINUTE_MS;
  const firstRevealUntil = commitUntil + revealMinutes * MINUTE_MS;
  const revealUntil = firstRevealUntil + revealMinutes * MINUTE_MS;
  if (revealUntil > evaluationAt) {
    throw badInput([
      {
        field: 'evaluationAt',
        rule: 'after-draw',
        messageZh: '评审应在抽取结束之后开始：请推迟评审，或缩短各方的时间',
        messageEn: 'The evaluation begins after the draw has ended: set it later, or give the parties less time',
      },
    ]);
  }
  return { openedAt: now, commitUntil, firstRevealUntil, revealUntil, evaluationAt };
}

/** @returns what only warns */
async function refuseUnlawful(
  c: TenderCase,
  request: DrawRequest,
  pools: readonly ExpertPool[],
  drawAt: number,
): Promise<readonly Violation[]> {
  const { definition, tender, tx } = c;
  const violations = [
    ...checkComposition(definition, {
      experts: request.groups.reduce((sum, { seats }) => sum + seats, 0),
      representatives: request.representativeIds.length,
      budgetFen: tender.budgetFen,
      complex: request.complex,
      openFigureReached: await reachesOpenFigure(c),
    }),
    ...checkDrawTime(definition, { ...request, drawAt, openingAt: tender.bidDeadline }, tx.calendar),
    ...checkPools(c, pools),
    ...checkDirect(c, request.direct),
  ];
  const blocking = violations.filter(({ severity }) => severity === 'block');
  if (blocking.length === 0) return violations;
  throw new DomainError('unlawful', {
    messageZh: blocking.map(({ messageZh }) => messageZh).join('；'),
    messageEn: blocking.map(({ messageEn }) => messageEn).join('; '),
    details: { violations: blocking },
  });
}

function checkPools({ definition: { committee } }: TenderCase, pools: readonly ExpertPool[]): Violation[] {
  const { poolLevels } = committee;
  if (poolLevels === undefined) return [];
  const rule = getRule(committee.random);
  return pools
    .filter(({ level }) => !poolLevels.includes(level))
    .map(({ name, level }) =>
      breachOf(rule, severityOf(rule), {
        field: 'poolIds',
        given: level,
        messageZh: `“${name}”不是省级以上的专家库`,
        messageEn: `“${name}” is no pool of a province`,
      }),
    );
}

/** Experts are chosen directly with what the law asks for: the consent of the authority, or a reason. */
export function checkDirect({ definition: { committee } }: TenderCase, direct: DrawRequest['direct']): Violation[] {
  if (direct === null || committee.direct.needs === 'reason' || direct.approval !== null) return [];
  const rule = getRule(committee.direct.rule);
  return [
    breachOf(rule, severityOf(rule), {
      field: 'direct.approval',
      given: null,
      messageZh: '自行选定评审专家须经主管预算单位同意：请填写同意的单位和文号',
      messageEn: 'Experts are chosen with the consent of the authority over the budget: name it, and its number',
    }),
  ];
}

interface Listed {
  readonly poolSalts: Record<string, string>;
  readonly people: Record<string, SealedPerson>;
  readonly candidates: DrawTerms['candidates'];
  readonly excluded: DrawTerms['excluded'];
}

/** Everybody in the pools, by label: those who are drawn from, and those who are not, with the reasons. */
async function list(
  c: TenderCase,
  lotNo: number,
  of: {
    readonly id: string;
    readonly request: DrawRequest;
    readonly rows: readonly ExpertRow[];
    readonly pools: readonly ExpertPool[];
  },
): Promise<Listed> {
  const { id, request, rows, pools } = of;
  const { tx, definition } = c;
  const fields = request.groups.map(({ field }) => field);
  const facts = await eligibilityFacts(c, lotNo, { ...request, fields });
  const names = new Map(pools.map((pool) => [pool.id, pool.name]));
  const people: Listed['people'] = {};
  const candidates: DrawTerms['candidates'][number][] = [];
  const excluded: DrawTerms['excluded'][number][] = [];
  for (const row of onePerPerson(rows)) {
    const salt = randomBytes(SALT_BYTES).toString('hex');
    const { number, name, employer } = row;
    const person = { pool: names.get(row.poolId) ?? '', number, name, employer };
    const label = labelOf(id, salt, person);
    people[label] = { salt, expertId: row.id, person };
    const reasons = exclusionsOf(expertOf(row), facts, definition.committee);
    if (reasons.length > 0) excluded.push({ label, reasons });
    else {
      const unit = tx.committees.tag('unit', id, row.employerCode ?? row.employer).slice(0, UNIT_CHARACTERS);
      candidates.push({ label, unit, fields: row.fields.filter((field) => fields.includes(field)) });
    }
  }
  const byLabel = (a: { readonly label: string }, b: { readonly label: string }) => (a.label < b.label ? -1 : 1);
  return {
    poolSalts: Object.fromEntries(pools.map((pool) => [pool.id, randomBytes(SALT_BYTES).toString('hex')])),
    people,
    candidates: candidates.sort(byLabel),
    excluded: excluded.sort(byLabel),
  };
}

/** Who is in two pools is drawn from once: an account is one person. */
function onePerPerson(rows: readonly ExpertRow[]): ExpertRow[] {
  const seen = new Set<string>();
  return rows.filter(({ accountId }) => {
    if (accountId === null) return true;
    if (seen.has(accountId)) return false;
    seen.add(accountId);
    return true;
  });
}

/** With a salt, so that nobody tests a guess at who is in a small pool. */
function poolAsHashed({ id, name }: ExpertPool, rows: readonly ExpertRow[], salt: string): DrawTerms['pools'][number] {
  const content = rows.filter(({ poolId }) => poolId === id);
  return { id, name, hash: canonicalHash({ salt, experts: content }), size: content.length };
}

/** A draw that cannot fill its seats is none, unless experts may be chosen. */
function refuseTooFew({ groups, candidates, direct }: DrawTerms): void {
  if (direct !== null) return;
  const issues = groups.flatMap(({ field, seats }, index): Issue[] => {
    const found = candidates.filter(({ fields }) => fields.includes(field)).length;
    if (found >= seats) return [];
    return [
      {
        field: `groups.${index}.seats`,
        rule: 'enough-candidates',
        messageZh: `专业 ${field} 可抽取 ${found} 人，少于 ${seats} 人：请增加专家库；随机方式难以确定的，依法自行选定（direct）`,
        messageEn: `${found} of field ${field} can be drawn, fewer than ${seats}: add a pool; where a draw finds nobody fit, experts are chosen as the law allows (direct)`,
      },
    ];
  });
  if (issues.length > 0) throw badInput(issues);
}

/** The purchaser's own people, each once. */
async function representativesOf(c: TenderCase, accountIds: readonly string[]): Promise<Representative[]> {
  const { tx, procurement } = c;
  const issues: Issue[] = [];
  const names = await namesOf(tx.q, accountIds);
  const found: Representative[] = [];
  for (const [index, accountId] of accountIds.entries()) {
    const memberships = await membershipsOfAccount(tx.q, accountId);
    const isOwn = memberships.some(
      ({ organisationId, role }) => organisationId === procurement.purchaserId && role === 'purchaser',
    );
    if (isOwn && accountIds.indexOf(accountId) === index) {
      found.push({ accountId, name: names.get(accountId) ?? '' });
      continue;
    }
    issues.push({
      field: `representativeIds.${index}`,
      rule: 'own-person',
      messageZh: '应为招标人（采购人）本单位的人员，每人一次',
      messageEn: 'It must be one of the purchaser’s own people, each once',
    });
  }
  if (issues.length > 0) throw badInput(issues);
  return found;
}
