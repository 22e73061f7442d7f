import type { Example } from './example.ts';
import { withFile, type Person } from './people.ts';

// 合同及其履行: what the demo signs is what was asked for and promised, and it is delivered, accepted and paid.

type Json = Record<string, unknown>;

/** 合同主要条款 of a lot, in the words of its documents and its winner. */
export function termsOf(
  { draft, candidate }: Pick<Example, 'draft' | 'candidate'>,
  amountFen: number | undefined,
): Json {
  const { quantity, period, place } = draft['particulars'] as Json;
  return {
    subjectZh: draft.title,
    items: candidate['items'] ?? [],
    quantity: quantity ?? '1 项',
    quality: candidate['quality'] ?? '合格',
    period: candidate['period'] ?? period ?? '签订后 30 日历天',
    place: place ?? '采购人指定地点',
    ...(candidate['projectLead'] === undefined ? {} : { projectLead: candidate['projectLead'] }),
    acceptance: {
      bodyZh: '采购人组织，使用单位参加',
      withinDays: 10,
      methodZh: '一次验收',
      procedureZh: '逐项核对，形成验收书',
      contentZh: '每一项技术、服务、安全标准的履约情况',
      standardZh: '招标（采购）文件、投标（响应）文件和合同',
    },
    warrantyZh: '三年',
    breachZh: '按招标（采购）文件',
    disputesZh: '向有管辖权的人民法院起诉',
    payments: [{ no: 1, nameZh: '验收合格后一次付清', amountFen, after: 'acceptance' }],
    smallFirm: candidate['smeDeclarationZh'] !== undefined,
  };
}

/** 交付、验收、付款, all at one instant of the story. */
export async function perform(
  { agency, purchaser, supplier }: { readonly agency: Person; readonly purchaser: Person; readonly supplier: Person },
  lot: string,
  { amountFen, at }: { readonly amountFen: number | undefined; readonly at: string },
): Promise<void> {
  await supplier.ask('POST', `${lot}/contract/deliveries`, 200, { deliveredAt: at, invoicedAt: at });
  await agency.ask(
    'POST',
    `${lot}/contract/acceptances`,
    200,
    await withFile(agency, lot, 'acceptance', {
      at,
      parties: [
        { name: '采购人代表', role: 'purchaser' },
        { name: '使用单位代表', role: 'user' },
      ],
      items: [{ nameZh: '全部技术、服务、安全标准', met: true }],
      opinionZh: '合格',
    }),
  );
  const [, , procurementId = '', , lotNo = ''] = lot.split('/');
  await purchaser.ask('POST', `${lot}/contract/payments`, 200, {
    instalment: 1,
    amountFen,
    paidAt: at,
    voucher: `支付令 ${procurementId.slice(-8)}-${lotNo}`,
  });
}

export async function finish(
  { agency }: { readonly agency: Person },
  procurementId: string,
  lotNo: number,
  duties: readonly string[],
): Promise<void> {
  const lot = `/procurements/${procurementId}/lots/${lotNo}`;
  for (const key of duties) await agency.ask('POST', `${lot}/duties`, 200, { key });
}
