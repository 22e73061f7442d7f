import { MANDATE_ACT_NAMES } from '../../domain/mandates/acts.ts';
import type { Cast } from './play.ts';

/** What a drafter states of a scheme: none of what would change which rules bind it. */
const PLAIN = { uniform: false, reserved: false, exempt: false, answers: {} };

/** 委托: the agency offers, and the purchaser accepts; until then it can do nothing in the purchaser's name. */
async function giveMandate({
  agency,
  purchaser,
  example,
  purchaserId,
}: Pick<Cast, 'agency' | 'purchaser' | 'example' | 'purchaserId'>): Promise<void> {
  await agency.refused('POST', '/procurements', 'not-mandated', { ...example.draft, purchaserId });
  const { id } = await agency.ask('POST', '/mandates', 201, {
    withId: purchaserId,
    subjectZh: `代理“${example.draft.title}”及其重新招标（采购）`,
    projectCodes: null,
    acts: MANDATE_ACT_NAMES,
    untilAt: '2027-12-31T23:59:59+08:00',
  });
  await purchaser.ask('POST', `/mandates/${String(id)}/acceptance`, 200);
}

/** 编制、发起: the agency drafts and launches, and receives the whole legal timeline. */
export async function launch({
  agency,
  purchaser,
  example,
  purchaserId,
  supplierIds,
  say,
}: Pick<Cast, 'agency' | 'purchaser' | 'example' | 'purchaserId' | 'say'> &
  Partial<Pick<Cast, 'supplierIds'>>): Promise<string> {
  await giveMandate({ agency, purchaser, example, purchaserId });
  const invitees = example.invite?.map((chosen, index) => ({ ...chosen, organisationId: supplierIds?.[index] }));
  const draft = { ...example.draft, purchaserId, ...(invitees ? { invitees } : {}) };
  const { id } = await agency.ask('POST', '/procurements', 201, draft);
  const procurementId = String(id);
  await agency.ask(
    'POST',
    `/procurements/${procurementId}/documents?name=${encodeURIComponent('招标文件.txt')}`,
    201,
    Buffer.from(`${example.draft.title}\n招标文件\n`),
  );
  for (const [lotNo, scheme] of Object.entries(example.schemes ?? {})) {
    await agency.ask('PUT', `/procurements/${procurementId}/lots/${lotNo}/scheme`, 200, { scheme, statements: PLAIN });
  }
  const { plan } = await agency.ask('POST', `/procurements/${procurementId}/launch`, 200);
  const milestones = (plan as { milestones: unknown[] }).milestones.length;
  say(`${example.draft.title}：已发起，法定时间表 ${milestones} 个节点 / launched with ${milestones} legal milestones`);
  return procurementId;
}
