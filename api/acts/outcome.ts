import * as z from 'zod';
import type { Queries } from '../../db/access/database.ts';
import { decisionById, type Decision } from '../../db/decisions.ts';
import { procurementRow } from '../../db/procurements.ts';
import { DomainError, ERROR_CODES, type ErrorCode } from '../../domain/errors.ts';
import type { Violation } from '../../domain/law/violation.ts';
import { missingInReport } from '../../domain/notices/contents.ts';
import { violationSchema, violationView } from '../law/views.ts';
import { problemOf } from '../http/problems.ts';
import type { Answer } from '../http/route.ts';
import { at, atOrNull, id, instantOut } from '../http/schemas.ts';
import type { Services } from '../http/services.ts';

export const decisionSchema = z
  .object({
    id,
    kind: z.string(),
    procurementId: id,
    lotNo: z.int().meta({ description: '0：整个项目 / 0: the procurement as a whole' }),
    grievanceId: id.nullable(),
    state: z.enum(['submitted', 'accepted', 'refused']),
    receivedAt: instantOut.meta({ description: '决定以此时间为准 / The instant it counts by' }),
    settledAt: instantOut.nullable(),
    refusal: z.object({ code: z.string(), messageZh: z.string(), messageEn: z.string() }).nullable(),
    messageZh: z.string(),
    messageEn: z.string(),
    warnings: z.array(violationSchema).optional().meta({
      description: '不阻止执行的缺漏（待核实的规则） / What is lacking by rules that only warn',
    }),
  })
  .meta({ id: 'Decision' });

export async function decisionView(q: Queries, decision: Decision): Promise<z.infer<typeof decisionSchema>> {
  const { refusal } = decision;
  const warnings = await warningsOf(q, decision);
  return {
    ...(warnings.length > 0 ? { warnings: warnings.map(violationView) } : {}),
    id: decision.id,
    kind: decision.kind,
    procurementId: decision.procurementId,
    lotNo: decision.lotNo,
    grievanceId: decision.grievanceId,
    state: decision.state,
    receivedAt: at(decision.receivedAt),
    settledAt: atOrNull(decision.settledAt),
    refusal: refusal && { code: refusal.code, messageZh: refusal.messageZh, messageEn: refusal.messageEn },
    ...messageOf(decision),
  };
}

/** What the notices that follow from a report will lack by rules that do not bind. */
async function warningsOf(q: Queries, decision: Decision): Promise<Violation[]> {
  if (decision.kind !== 'report' || decision.state === 'refused') return [];
  const { payload } = decision as Decision<'report'>;
  const tender = await procurementRow(q, decision.procurementId);
  return tender.particulars === null ? [] : missingInReport(tender, payload);
}

function messageOf({ state, refusal, receivedAt }: Decision): { messageZh: string; messageEn: string } {
  switch (state) {
    case 'accepted':
      return { messageZh: '已执行', messageEn: 'Carried out' };
    case 'refused':
      return { messageZh: refusal?.messageZh ?? '未被接受', messageEn: refusal?.messageEn ?? 'Refused' };
    case 'submitted':
      return {
        messageZh: `已保存，以收到时间 ${at(receivedAt)} 为准，引擎恢复后自动执行`,
        messageEn: `Stored; it counts from ${at(receivedAt)} and will be carried out when the engine is back`,
      };
  }
}

/** What became of a decision: done (200), refused with its reason, or stored and still to be carried out (202). */
export async function outcomeOf({ db }: Pick<Services, 'db'>, decisionId: string, requestId: string): Promise<Answer> {
  const decision = await decisionById(db.read, decisionId);
  const location = `/api/decisions/${decision.id}`;
  switch (decision.state) {
    case 'accepted':
      return { status: 200, body: await decisionView(db.read, decision), headers: { 'Content-Location': location } };
    case 'submitted':
      return { status: 202, body: await decisionView(db.read, decision), headers: { Location: location } };
    case 'refused': {
      const { refusal } = decision;
      const problem = problemOf(
        new DomainError(codeOf(refusal?.code), {
          messageZh: refusal?.messageZh ?? '未被接受',
          messageEn: refusal?.messageEn ?? 'Refused',
          details: { ...refusal?.details, decisionId: decision.id, receivedAt: at(decision.receivedAt) },
        }),
        requestId,
      );
      return { status: problem.status, body: problem, headers: { 'Content-Location': location } };
    }
  }
}

/** A refusal's code may be of a release that is gone; it is a conflict in any case. */
function codeOf(code: string | undefined): ErrorCode {
  return ERROR_CODES.find((known) => known === code) ?? 'stage-conflict';
}
