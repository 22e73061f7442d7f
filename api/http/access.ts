import type { Request } from 'express';
import type { NamedMembership } from '../../db/accounts/memberships.ts';
import type { Database } from '../../db/access/database.ts';
import { isInvited, wasCalled } from '../../db/invitees.ts';
import { openingsOf } from '../../db/openings/openings.ts';
import { notFound, procurementById, type LotRow, type Procurement } from '../../db/procurements.ts';
import { DomainError } from '../../domain/errors.ts';
import { mandateActOf, type MandateAct } from '../../domain/mandates/acts.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { outOfStage, type StagedAction, type StageRefused } from '../../domain/procedures/out-of-stage.ts';
import {
  PERMISSIONS,
  permission,
  type Action,
  type Denial,
  type Role,
  type Scope,
  type Situation,
} from '../../domain/roles.ts';
import type { Caller, SignedIn } from './auth.ts';
import { badInput } from '../../domain/issues.ts';
import type { LotStage, ProcurementStage } from '../../domain/stages.ts';
import { publishedDocuments } from '../../services/documents/visible.ts';
import { assertMandated } from '../../services/mandates/assert.ts';
import { suspendedIn } from '../../services/tender/suspended.ts';
import type { Route } from './route.ts';

/** The role and organisation that a request acts for. */
export interface Acting {
  readonly role: Role;
  readonly organisationId: string | null;
}

export const ACTING_AS = 'X-Acting-As';

export function callerOf(request: Request, requestId: string): Caller {
  return {
    address: request.ip ?? null,
    requestId,
    authorization: request.get('authorization'),
    cookie: request.get('cookie'),
    userAgent: request.get('user-agent'),
  };
}

/**
 * A browser sends the cookie automatically, so that a write with a cookie must come from our own pages, and another
 * site must not be able to sign anybody in.
 * @throws DomainError `cross-site`
 */
export function assertSameOrigin(request: Request, publicUrl: string, byCookie: boolean): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const declared = site !== undefined || origin !== undefined;
  if (!declared && !byCookie) return;
  if (origin === undefined ? site === 'same-origin' : originsOf(publicUrl).includes(origin)) return;
  throw new DomainError('cross-site', {
    messageZh: `拒绝来自其他网站的请求，网页请从 ${new URL(publicUrl).origin} 打开；程序请使用 Authorization: Bearer`,
    messageEn: `Requests from another site are refused: open the page at ${new URL(publicUrl).origin}; programs use Authorization: Bearer`,
  });
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The configured address, never the request's own Host, which its sender chooses; on this machine by each of its names. */
function originsOf(publicUrl: string): string[] {
  const { origin, hostname, protocol, port } = new URL(publicUrl);
  if (!LOOPBACK.includes(hostname)) return [origin];
  return LOOPBACK.map((name) => new URL(`${protocol}//${name}:${port}`).origin);
}

/**
 * The membership that the request acts under: the only one, or the one it names.
 * @throws DomainError `forbidden` for a membership that the person does not have, `bad-input` where one must be named
 */
export function actingAs(request: Request, spec: Route, who: SignedIn | null): Acting {
  const named = request.get(ACTING_AS);
  const memberships = who?.memberships ?? [];
  if (named !== undefined && who) {
    const found = memberships.find((membership) => nameOf(membership) === named);
    if (found) return found;
    throw new DomainError('forbidden', {
      messageZh: `您没有该身份：${ACTING_AS}`,
      messageEn: `You are not a member of the organisation in the role that ${ACTING_AS} names`,
      details: { field: ACTING_AS, reason: 'membership' },
    });
  }
  const [only, another] = memberships;
  if (only && !another) return only;
  if (another && !publicMay(spec.action)) {
    throw badInput([
      {
        field: ACTING_AS,
        rule: 'required',
        messageZh: `您有多个身份，请注明其一：${memberships.map(nameOf).join('，')}`,
        messageEn: `You act for several; name one of ${memberships.map(nameOf).join(', ')}`,
      },
    ]);
  }
  return { role: 'public', organisationId: null };
}

const nameOf = ({ organisationId, role }: NamedMembership): string => `${organisationId}:${role}`;
const publicMay = (action: Action): boolean => grantsOf(action).public !== undefined;
const grantsOf = (action: Action): Partial<Record<Role, Scope>> => PERMISSIONS[action].roles;

/**
 * Refuses, before any lookup, a role that could not do it anywhere.
 * @throws DomainError `unauthenticated`, `forbidden`
 */
export function assertRole(spec: Route, acting: Acting, who: SignedIn | null): void {
  const open = [spec.action, ...(spec.orElse ?? [])];
  const signInWanted = spec.signedIn === true || open.every((action) => grantsOf(action)[acting.role] === undefined);
  if (!who && signInWanted) throw unauthenticated();
  const actions: Action[] = spec.draftAction ? [...open, spec.draftAction] : open;
  if (actions.every((action) => grantsOf(action)[acting.role] === undefined)) throw forbidden('role', spec.action);
}

/** Nobody is signed in, and nobody may do it without. */
export const unauthenticated = (): DomainError =>
  new DomainError('unauthenticated', {
    messageZh: '请先登录（POST /api/session）',
    messageEn: 'Sign in first (POST /api/session)',
  });

export interface Located {
  readonly procurement?: Procurement;
  readonly lot?: LotRow;
  readonly scope: Scope;
  /** Whether the acting organisation runs the procurement; an agency, while it is mandated. */
  readonly runsIt: boolean;
  /** Whether it runs or supervises it. */
  readonly insider: boolean;
  readonly allowedBy: Action;
  /** What the mandate must cover where an agency runs it: judged again in the transaction of the act. */
  readonly mandated?: { readonly agencyId: string; readonly act: MandateAct | null };
}

/** What judging a request reads. */
type Read = Pick<Database, 'read' | 'now'>;

/**
 * Finds the place, hides it from those who may not see it, and checks that the action is lawful there.
 * @throws DomainError `not-found`, `forbidden`, `not-mandated`, and the route's own error for a stage that has passed
 */
export async function authorise(
  db: Read,
  spec: Route,
  params: Readonly<Record<string, unknown>>,
  acting: Acting,
): Promise<Located> {
  if (spec.at === 'anywhere') {
    const granted = permission(acting.role, spec.action, spec.stage ? { stage: spec.stage } : {});
    if ('denied' in granted) {
      if (granted.denied === 'stage') throw new Error(`${spec.path} begins at a stage that its action does not allow`);
      throw forbidden(granted.denied, spec.action);
    }
    return { scope: granted.scope, runsIt: false, insider: false, allowedBy: spec.action };
  }
  const procurementId = spec.procurementOf ? await spec.procurementOf(db.read, params) : String(params['id']);
  const procurement = await procurementById(db.read, procurementId);
  const unannounced = !(await wasCalled(db.read, procurement));
  const known = unannounced ? mayReadDraft(acting, procurement) : await mayKnow(db, spec.action, acting, procurement);
  if (!known) throw notFound('procurement', procurementId);
  const lot = spec.at === 'lot' ? lotIn(procurement, Number(params['no'])) : undefined;
  const situation = {
    stage: procurement.stage,
    opened: await isOpened(db, procurement, lot),
    suspended: await isSuspended(db, spec.action, procurement),
    ...(lot ? { lotStage: lot.stage, awarded: lot.awardedAt !== null } : {}),
  };
  const own = unannounced ? (spec.draftAction ?? spec.action) : spec.action;
  const other = unannounced || !spec.orElse ? null : await allowedElse(db, spec.orElse, acting, procurement, situation);
  const action = other !== null && !(await isAllowed(db, own, acting, procurement, situation)) ? other : own;
  const granted = permission(acting.role, action, action === other ? { ...situation, announced: true } : situation);
  const isOpen = procurement.openedAt !== null || ('scope' in granted && granted.scope === 'any');
  if (spec.unseen && !isOpen) throw spec.unseen(params);
  if ('denied' in granted) {
    if (granted.denied === 'stage') throw spec.outOfStage?.(procurement, db.now()) ?? byStage(action, procurement, lot);
    throw forbidden(granted.denied, action, placeOf(procurement, lot));
  }
  if (granted.scope === 'procurement' && !runs(acting, procurement)) throw forbidden('scope', action);
  const act = granted.scope === 'procurement' ? mandateActOf(action) : null;
  const unmandated = await lackOfMandate(db, acting, procurement, act);
  // Who has no mandate any more sees what everybody sees.
  if (unmandated && (granted.scope === 'procurement' || unannounced || isByInvitation(procurement))) throw unmandated;
  const insider = mayReadDraft(acting, procurement) && !unmandated;
  const opening = (PERMISSIONS[action] as { readonly ofOpening?: true }).ofOpening === true;
  if (opening && isHeld(procurement, lot) && !insider) throw forbidden('before-result', action);
  const { agencyId } = procurement;
  return {
    procurement,
    ...(lot ? { lot } : {}),
    scope: granted.scope,
    runsIt: runs(acting, procurement) && !unmandated,
    insider,
    allowedBy: action,
    ...(acting.role === 'agency' && granted.scope === 'procurement' && agencyId !== null
      ? { mandated: { agencyId, act } }
      : {}),
  };
}

/** Whether an action is allowed, in its scope, and by its mandate. */
async function isAllowed(
  db: Read,
  action: Action,
  acting: Acting,
  procurement: Procurement,
  situation: Situation,
): Promise<boolean> {
  const granted = permission(acting.role, action, situation);
  if ('denied' in granted) return false;
  if (granted.scope !== 'procurement') return true;
  return runs(acting, procurement) && (await lackOfMandate(db, acting, procurement, mandateActOf(action))) === null;
}

/** The first of other actions that is allowed; null: none is. */
async function allowedElse(
  db: Read,
  actions: readonly Action[],
  acting: Acting,
  procurement: Procurement,
  situation: Situation,
): Promise<Action | null> {
  const announced = (await publishedDocuments(db.read, procurement)).size > 0;
  for (const action of actions) {
    if (await isAllowed(db, action, acting, procurement, { ...situation, announced })) return action;
  }
  return null;
}

/** Why the agency of a procurement may not do an act by its mandate; null for others, and where it may. */
async function lackOfMandate(
  db: Read,
  acting: Acting,
  procurement: Procurement,
  act: MandateAct | null,
): Promise<DomainError | null> {
  const { agencyId } = procurement;
  if (acting.role !== 'agency' || agencyId === null || !runs(acting, procurement)) return null;
  try {
    await assertMandated(db.read, { ...procurement, agencyId }, act, db.now());
    return null;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not-mandated') return error;
    throw error;
  }
}

/** Whether an organisation runs a procurement now: an agency, while it is mandated. */
export const runsNow = async (db: Read, acting: Acting, procurement: Procurement): Promise<boolean> =>
  runs(acting, procurement) && (await lackOfMandate(db, acting, procurement, null)) === null;

const isByInvitation = (procurement: Procurement): boolean =>
  procurement.stage === 'bidding' && procedureOf(procurement).entry.by === 'invitation';

/**
 * Until its opening a procurement with invited suppliers is known to them, to those who run or supervise it, and to
 * the centre in its own duties (招标投标法 22).
 */
async function mayKnow(db: Read, action: Action, acting: Acting, procurement: Procurement): Promise<boolean> {
  if (!isByInvitation(procurement)) return true;
  if (mayReadDraft(acting, procurement)) return true;
  const { role, organisationId } = acting;
  if (role === 'supplier') return organisationId !== null && isInvited(db.read, procurement.id, organisationId);
  return !publicMay(action) && grantsOf(action)[role] === 'any';
}

/** Whose view of the lists is meant: undefined for roles that see everything, else the organisation (empty: none). */
export function viewerOf({ role, organisationId }: Acting): string | undefined {
  const granted = permission(role, 'procurement.read-draft', { stage: 'draft' });
  return 'scope' in granted && granted.scope === 'any' ? undefined : (organisationId ?? '');
}

/** Whether what was opened stays with those who run and supervise it, until the result is announced. */
function isHeld(procurement: Procurement, lot: LotRow | undefined): boolean {
  if (procedureOf(procurement).publicOpening) return false;
  const lots = lot ? [lot] : procurement.lots;
  // Of one that was terminated there is no result: it is bought again, and what was offered stays with them.
  return !lots.every(({ awardedAt, stage }) => awardedAt !== null || stage === 'failed');
}

function lotIn({ id, lots }: Procurement, no: number): LotRow {
  const lot = lots.find((each) => each.no === no);
  if (!lot) throw notFound('lot', `${id}/lot/${no}`);
  return lot;
}

/** The bids of a lot with too few bidders stay sealed, although other lots of the procurement were opened. */
async function isOpened(db: Read, procurement: Procurement, lot: LotRow | undefined): Promise<boolean> {
  if (procurement.openedAt === null) return false;
  if (!lot) return true;
  return (await openingsOf(db.read, procurement.id)).some(({ lotNo, opened }) => lotNo === lot.no && opened);
}

/** Asked only for what is shown of an opening. */
async function isSuspended(db: Read, action: Action, procurement: Procurement): Promise<boolean> {
  const { fromClosing = false } = PERMISSIONS[action] as { readonly fromClosing?: true };
  if (!fromClosing || procurement.stage !== 'bidding') return false;
  return (await suspendedIn(db.read, procurement, db.now())).some(({ lotNo }) => lotNo === 0);
}

/** Whether the acting organisation is the procurement's purchaser or agency, in that same capacity. */
function runs(acting: Acting, { purchaserId, agencyId }: Procurement): boolean {
  if (acting.organisationId === null) return false;
  return acting.organisationId === (acting.role === 'agency' ? agencyId : purchaserId);
}

function mayReadDraft(acting: Acting, procurement: Procurement): boolean {
  const granted = permission(acting.role, 'procurement.read-draft', { stage: 'draft' });
  return 'scope' in granted && (granted.scope === 'any' || runs(acting, procurement));
}

type Reason = Exclude<Denial, 'stage'> | 'scope' | 'before-result';

const REASONS: Readonly<Record<Reason, { zh: string; en: string }>> = {
  role: { zh: '您的角色无此权限', en: 'your role does not allow it' },
  scope: { zh: '该项目不是由您的单位组织', en: 'the procurement is not run by your organisation' },
  'before-opening': { zh: '开标（开启）前对任何人保密', en: 'it is confidential until the opening' },
  'before-result': {
    zh: '响应文件不公开开启，结果公告前仅组织者和监督者可见',
    en: 'the opening is not public: until the result only those who run and supervise it see this',
  },
  'before-announcement': {
    zh: '尚未随结果或者合同公告',
    en: 'it is not announced with a result or a contract yet',
  },
  'before-award': {
    zh: '中标（成交）结果确定前保密',
    en: 'it is confidential until the award',
  },
};

const placeOf = ({ stage }: Procurement, lot: LotRow | undefined) => ({
  stage,
  ...(lot ? { lotStage: lot.stage } : {}),
});

function forbidden(reason: Reason, action: Action, place: Record<string, unknown> = {}): DomainError {
  return new DomainError('forbidden', {
    messageZh: `不能「${PERMISSIONS[action].zh}」：${REASONS[reason].zh}`,
    messageEn: `${action} is refused: ${REASONS[reason].en}`,
    details: { action, reason, ...place },
  });
}

/** What the procedure says to an action at a stage that does not allow it. */
function byStage(action: Action, procurement: Procurement, lot: LotRow | undefined): DomainError {
  const { zh, en, details } = outOfStage(procedureOf(procurement), refusedAt(action, procurement, lot));
  return new DomainError('forbidden', {
    messageZh: `不能「${PERMISSIONS[action].zh}」：${zh}`,
    messageEn: `${action} is refused: ${en}`,
    details: { action, reason: 'stage', ...placeOf(procurement, lot), ...details },
  });
}

function refusedAt(action: Action, { stage }: Procurement, lot: LotRow | undefined): StageRefused {
  const staged = action as StagedAction;
  const { stages, lotStages = [] }: StagesOfAction = PERMISSIONS[staged];
  if (lot && (stages === undefined || stages.includes(stage)))
    return { what: 'lot', stage: lot.stage, wanted: lotStages, action: staged };
  return { what: 'procurement', stage, wanted: stages ?? [], action: staged };
}

interface StagesOfAction {
  readonly stages?: readonly ProcurementStage[];
  readonly lotStages?: readonly LotStage[];
}
