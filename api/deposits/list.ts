import * as z from 'zod';
import { depositsByIds, type DepositAccount } from '../../db/deposits.ts';
import { listProcurements } from '../../db/procurements.ts';
import { openedDeposits } from '../../db/tender/opened-deposits.ts';
import { referencesIn } from '../../domain/deposits/references.ts';
import { PROCUREMENT_STAGES } from '../../domain/stages.ts';
import { identifierOf } from '../../domain/text.ts';
import { withRefundDuties } from '../../services/deposits/refund-duties.ts';
import { ok, route } from '../http/route.ts';
import { at, id, pageOf, pageQuery, words } from '../http/schemas.ts';
import { depositSchema, dutyView, type RefundDutyView } from './views.ts';

/** What is found by a title is compared within so many of the newest tenders. */
const TENDERS_SEARCHED = 100;

const STATES = ['left', 'due', 'overdue', 'settled'] as const;

export const listedDepositSchema = depositSchema
  .pick({
    ...{ depositId: true, lotNo: true, form: true, amountFen: true, transactionId: true, arrivedAt: true },
    ...{ leftFen: true, refund: true },
  })
  .extend({ procurementId: id, title: z.string(), supplierId: id, supplier: z.string() })
  .meta({ id: 'ListedDeposit', description: '已开标项目的一笔投标保证金 / A deposit of a tender that was opened' });

/** Whether it is in a state, by its rule. */
function isIn(state: (typeof STATES)[number] | undefined, { leftFen }: DepositAccount, duty: RefundDutyView): boolean {
  switch (state) {
    case undefined:
      return true;
    case 'left':
      return leftFen > 0;
    case 'due':
      return leftFen > 0 && (duty.dueAt !== null || duty.overdue);
    case 'overdue':
      return duty.overdue;
    case 'settled':
      return leftFen === 0;
  }
}

export const depositListRoutes = [
  route({
    method: 'get',
    path: '/deposits',
    action: 'deposit.record',
    at: 'anywhere',
    tag: 'deposits',
    zh: '各项目的投标保证金：仅限已开标的项目，新登记的在前',
    en: 'The deposits of all tenders that were opened, the newest first; of others nothing is shown',
    query: pageQuery.extend({
      state: z.enum(STATES).optional().meta({
        description: '未结清、待退还、逾期未退、已结清 / Not settled, to be refunded, not refunded in time, settled',
      }),
      q: words(100).optional().meta({
        description:
          '项目名称中连续的文字或者项目编号；或者完整的银行流水号（保函编号）、汇款附言 / Consecutive text of the title or the project number; or a whole number of the bank or the guarantee, or the reference that was quoted',
      }),
    }),
    outcomes: [{ status: 200, schema: pageOf(listedDepositSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query: { state, q, cursor, limit } }) => {
      const now = db.now();
      const text = q?.trim() ?? '';
      const search = text === '' ? undefined : await searchOf(text);
      const after = cursors.read(cursor, id);
      const rows = await openedDeposits(db.read, { search, state, now, after, limit: limit + 1 });
      const page = cursors.rows(rows, limit, (row) => row.depositId);
      const accounts = await depositsByIds(
        db.read,
        page.items.map(({ depositId }) => depositId),
      );
      const owed = await withRefundDuties(db.read, await db.calendar(), accounts);
      const titles = new Map(page.items.map(({ depositId, title }) => [depositId, title]));
      const items = owed
        .toReversed()
        .map(({ account, duty }) => ({ account, refund: dutyView(account, duty, now) }))
        .filter(({ account, refund }) => isIn(state, account, refund))
        .map(({ account, refund }) => ({
          ...{ depositId: account.id, procurementId: account.procurementId, title: titles.get(account.id) ?? '' },
          ...{ lotNo: account.lotNo, supplierId: account.supplierId, supplier: account.supplier, form: account.form },
          ...{ amountFen: account.amountFen, transactionId: account.externalId, arrivedAt: at(account.arrivedAt) },
          ...{ leftFen: account.leftFen, refund },
        }));
      return ok({ next: page.next, items });

      async function searchOf(given: string) {
        const stages = PROCUREMENT_STAGES.filter((stage) => stage !== 'draft' && stage !== 'launched');
        const found = await listProcurements(db.read, { stages, text: given, limit: TENDERS_SEARCHED });
        const tenders = found.map((tender) => tender.id);
        return { tenders, number: identifierOf(given), references: referencesIn(given) };
      }
    },
  }),
];
