import { ROUTES } from '../../api/routes.ts';
import type { Route } from '../../api/http/route.ts';
import { permission, type Role } from '../../domain/roles.ts';
import type { LotStage, ProcurementStage } from '../../domain/stages.ts';
import { fileGrievance } from '../../services/grievances/file.ts';
import { signHead } from '../../services/log/sign-head.ts';
import { askQuestion } from '../../services/questions/ask.ts';
import { MEMBER_ROLES, startTestApi, type Member, type TestApi } from '../setup/api.ts';
import { peopleOf, played } from '../setup/tenders/played.ts';
import { testSigner } from '../setup/signer.ts';
import { addTenderDocument, at, bid, handClock, obtainDocuments, setFigures } from '../setup/tenders/tender.ts';
import { draftOf, tenderAt } from '../setup/tenders/tenders.ts';

/** What the requests of a run name, so that they come farther than to "no such thing". */
export interface Known {
  /** A session of each role. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Of people of the same roles who sign out, and change their passwords. */
  readonly passing: Readonly<Record<string, string>>;
  /** Values of parameters and fields by their name. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** Who may do an operation, and in which tender, by its method and path. */
  readonly may: Readonly<Record<string, readonly { readonly role: Role; readonly tender: string }[]>>;
}

/** Where the tenders stand: what was played comes first, since no clock goes back. */
const STAGES: readonly [ProcurementStage, LotStage][] = [
  ['draft', 'pending'],
  ['bidding', 'pending'],
  ['opening', 'opening'],
  ['evaluation', 'evaluation'],
  ['evaluation', 'award'],
  ['evaluation', 'failed'],
  ['terminated', 'pending'],
];

interface Tender {
  readonly id: string;
  readonly stage: ProcurementStage;
  readonly lotStage: LotStage;
}

/** As domain/roles.ts says. */
function may(route: Route, role: Role, { stage, lotStage }: Tender): boolean {
  const unannounced = stage === 'draft' || stage === 'launched';
  const action = unannounced ? (route.draftAction ?? route.action) : route.action;
  if (route.at === 'anywhere') return 'scope' in permission(role, action, route.stage ? { stage: route.stage } : {});
  const opened = stage === 'evaluation' || stage === 'concluded';
  const lot = route.at === 'lot' ? { lotStage, awarded: lotStage === 'contract' } : {};
  return 'scope' in permission(role, action, { stage, opened, ...lot });
}

/** A drill in the middle of its life, on a clock that stands still. */
export async function installation(): Promise<{ api: TestApi; known: Known }> {
  const clock = handClock('2026-03-01T09:00+08:00');
  const api = await startTestApi({
    database: {
      clock: { mode: 'drill', msPerDay: 86_400_000, civilStartMs: 0, realStartMs: 0 },
      machineClock: clock.read,
    },
  });
  const { db } = api;
  const members = new Map<Role, Member>();
  const passing = new Map<Role, Member>();
  for (const role of MEMBER_ROLES) {
    members.set(role, await api.member(role));
    passing.set(role, await api.member(role));
  }
  const of = (role: Role): Member => members.get(role) as Member;
  const suppliers = [of('supplier'), await api.member('supplier'), await api.member('supplier')];
  const who = await peopleOf(api, of('purchaser'), suppliers);
  await setFigures(db);
  const whole = await played(db, clock, who, 'tendering', 'contract');
  const parties = { purchaserId: of('purchaser').organisationId, agencyId: of('agency').organisationId };
  const tenders: Tender[] = [{ id: whole.id, stage: 'evaluation', lotStage: 'contract' }];
  const bids = whole.bids.map(({ id }) => id);
  for (const [stage, lotStage] of STAGES) {
    const draft = draftOf(parties, {
      noticeAt: at('2026-05-01T09:00+08:00'),
      documentsFrom: at('2026-05-01T09:00+08:00'),
      documentsUntil: at('2026-05-20T17:00+08:00'),
      bidDeadline: at('2026-06-01T09:30+08:00'),
      lots: [1, 2].map((no) => ({ no, title: `第${no}标段`, budgetFen: 500_000_00, bidBondFen: 1_000_00 })),
    });
    tenders.push({ id: await tenderAt(db, stage, draft, lotStage), stage, lotStage });
  }
  const taking = String(tenders[2]?.id);
  await addTenderDocument(db, who.asPurchaser, taking);
  const questions: string[] = [];
  const grievances: string[] = [];
  for (const index of [0, 1]) {
    await obtainDocuments(db, who, index, taking);
    bids.push((await bid(db, who, index, taking)).id);
    const mine = { procurementId: taking, organisationId: String(who.suppliers[index]?.id) };
    const textZh = '招标文件第三章的资质要求与项目不相适应。';
    const [question, grievance] = await db.transaction(async (tx) => [
      await askQuestion(tx, who.asSupplier(index), { ...mine, textZh }),
      await fileGrievance(tx, who.asSupplier(index), { ...mine, lotNo: 0, target: 'documents', textZh }),
    ]);
    questions.push(question.id);
    grievances.push(grievance.id);
  }
  await signHead(db, await testSigner());
  const everybody = [...passing.values()];
  return {
    api,
    known: {
      tokens: Object.fromEntries([...members].map(([role, { token }]) => [role, token])),
      passing: Object.fromEntries([...passing].map(([role, { token }]) => [role, token])),
      ids: {
        id: tenders.map(({ id }) => id),
        no: ['1', '2'],
        bidId: bids,
        questionId: questions,
        grievanceId: grievances,
        accountId: everybody.map(({ accountId }) => accountId),
        organisationId: [...members.values(), ...everybody].map(({ organisationId }) => organisationId),
        ruleId: ['works-bid-prep-min'],
      },
      may: Object.fromEntries(
        ROUTES.map((route) => [
          `${route.method.toUpperCase()} /api${route.path}`,
          tenders.flatMap((tender) =>
            MEMBER_ROLES.filter((role) => may(route, role, tender)).map((role) => ({ role, tender: tender.id })),
          ),
        ]),
      ),
    },
  };
}
