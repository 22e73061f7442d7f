import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import type { Decision } from '../../db/decisions.ts';
import { procurementRow } from '../../db/procurements.ts';
import type { Calendar } from '../../domain/law/calendar.ts';
import { restDay } from '../../domain/law/check.ts';
import { getRule } from '../../domain/law/rulebook.ts';
import { breachOf, type Violation } from '../../domain/law/violation.ts';
import { missingInReport } from '../../domain/notices/contents.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { disputedTermination } from '../../domain/procedures/termination.ts';
import type { Answer } from '../http/route.ts';
import { at, id, instantOut } from '../http/schemas.ts';
import { violationSchema, violationView } from '../law/views.ts';

export const decisionSchema = z
  .object({
    id,
    kind: z.string(),
    procurementId: id,
    lotNo: z.int().meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
    grievanceId: id.nullable(),
    noticeId: id
      .optional()
      .meta({ description: '更正：发布的更正公告 / Of a correction: the notice that was published' }),
    receivedAt: instantOut.meta({ description: '决定以此时间为准 / The time that decides' }),
    messageZh: z.string(),
    messageEn: z.string(),
    warnings: z.array(violationSchema).optional().meta({
      description:
        '不阻止执行的事项：待核实的规则、落在休息日的截止时间 / What only warns: rules to be verified, a deadline on a rest day',
    }),
  })
  .meta({ id: 'Decision' });

/** The answer to every accepted decision: it is judged once, and final. */
export const DECISION_OUTCOMES = [{ status: 200, schema: decisionSchema, zh: '已执行', en: 'Done' }] as const;

export async function decisionView(
  q: Queries,
  decision: Decision,
  calendar: Calendar,
): Promise<z.infer<typeof decisionSchema>> {
  const warnings = await warningsOf(q, decision, calendar);
  const { correctionId } = decision.kind === 'correct' ? (decision as Decision<'correct'>).payload : {};
  return {
    ...(warnings.length > 0 ? { warnings: warnings.map(violationView) } : {}),
    id: decision.id,
    kind: decision.kind,
    procurementId: decision.procurementId,
    lotNo: decision.lotNo,
    grievanceId: decision.grievanceId,
    ...(correctionId === undefined ? {} : { noticeId: correctionId }),
    receivedAt: at(decision.receivedAt),
    messageZh: '已执行',
    messageEn: 'Done',
  };
}

/**
 * What the notices that follow from a report will lack under rules that only warn; a disputed ground of a termination; a
 * deadline that an amendment has moved to a rest day.
 */
async function warningsOf(q: Queries, decision: Decision, calendar: Calendar): Promise<Violation[]> {
  if (decision.kind === 'amend') {
    const { bidDeadline } = (decision as Decision<'amend'>).payload;
    if (bidDeadline === null) return [];
    const tender = await procurementRow(q, decision.procurementId);
    return restDay(procedureOf(tender), bidDeadline, calendar, 'bidDeadline');
  }
  if (decision.kind === 'terminate') {
    const { payload } = decision as Decision<'terminate'>;
    return disputedTermination(await procurementRow(q, decision.procurementId), payload.ground);
  }
  if (decision.kind === 'contract') return withoutContractFile(q, decision as Decision<'contract'>);
  if (decision.kind !== 'report') return [];
  const { payload } = decision as Decision<'report'>;
  const tender = await procurementRow(q, decision.procurementId);
  return tender.particulars === null ? [] : missingInReport(tender, payload);
}

/** 书面合同: that it is in writing the law wants; that its text is kept here, practice. */
async function withoutContractFile(q: Queries, { procurementId, payload }: Decision<'contract'>): Promise<Violation[]> {
  if (payload.documentId !== null) return [];
  const { rules } = procedureOf(await procurementRow(q, procurementId));
  return [
    breachOf(getRule(rules.contract), 'warn', {
      field: 'documentId',
      given: null,
      messageZh: '登记的合同没有附合同文件；合同应当以书面形式订立并存档',
      messageEn: 'The contract is recorded without its document; a contract is made in writing and kept',
    }),
  ];
}

export async function decisionAnswer(q: Queries, decision: Decision, calendar: Calendar): Promise<Answer> {
  return {
    status: 200,
    body: await decisionView(q, decision, calendar),
    headers: { 'Content-Location': `/api/decisions/${decision.id}` },
    decisionId: decision.id,
  };
}
