import { setTimeout as sleep } from 'node:timers/promises';
import { depositsOf, giveBack, handInGuarantee, payByBankFile, payByTransfer, type Bank } from './deposits.ts';
import type { Panel } from './committee.ts';
import type { Example } from './example.ts';
import { withFile, type Person } from './people.ts';
import { drawMembers, EVALUATION_AT, playEvaluation, recomputeAll } from './play-evaluation.ts';
import { finish, perform, termsOf } from './performance.ts';
import { bidFile, sealedBid } from './sealing.ts';

/** The people of one tender. */
export interface Cast {
  readonly example: Example;
  readonly agency: Person;
  readonly purchaser: Person;
  readonly suppliers: readonly Person[];
  /** 交易中心. */
  readonly centre: Person;
  readonly bank: Bank;
  readonly purchaserId: string;
  readonly agencyId: string;
  readonly supplierIds: readonly string[];
  /** Those who evaluate what is evaluated on the platform. */
  readonly panel?: Panel;
  readonly say: (line: string) => void;
}

/** Waits for a civil instant of the story. */
type Waits = (instant: string) => Promise<void>;
type Json = Record<string, unknown>;

async function obtainDocuments(cast: Cast, procurementId: string): Promise<void> {
  const { items } = (await cast.agency.ask('GET', `/procurements/${procurementId}/documents`, 200)) as {
    items: { id: string }[];
  };
  for (const supplier of cast.suppliers) {
    await supplier.ask('GET', `/procurements/${procurementId}/documents/${items[0]?.id}/content`, 200);
  }
}

/** Every supplier submits its sealed files; returns lot number → bid ids in the order of `example.bids`. */
async function handIn(cast: Cast, procurementId: string): Promise<Map<number, string[]>> {
  const bids = new Map<number, string[]>();
  for (const [lotNo, bidders] of Object.entries(cast.example.bids)) {
    const receipts = await Promise.all(
      bidders.map(async (index, place) => {
        const priceFen = cast.example.prices[lotNo]?.[place] ?? 0;
        const file = await sealed(cast, procurementId, Number(lotNo), index, priceFen);
        return supplierAt(cast, index).ask('POST', bidPath(procurementId, lotNo), 201, file);
      }),
    );
    bids.set(
      Number(lotNo),
      receipts.map(({ bidId }) => String(bidId)),
    );
  }
  return bids;
}

const bidPath = (procurementId: string, lotNo: number | string) => `/procurements/${procurementId}/lots/${lotNo}/bids`;

/** Each supplier seals with its own tool. */
const sealed = async (cast: Cast, procurementId: string, lotNo: number, index: number, priceFen: number) => {
  const supplier = supplierAt(cast, index);
  return sealedBid(supplier, await supplier.ask('GET', `/procurements/${procurementId}/sealing`, 200), {
    lotNo,
    figures: { priceFen, periodDays: null, quality: null },
    file: bidFile(`supplier ${index}, lot ${lotNo}`),
  });
};
const supplierAt = (cast: Cast, index: number): Person => cast.suppliers[index] as Person;

function report(cast: Cast, lotNo: number, bids: Map<number, string[]>, evaluationEndedAt: string): Json {
  const ids = bids.get(lotNo) ?? [];
  const prices = cast.example.prices[lotNo] ?? [];
  return {
    evaluationEndedAt,
    committee: [
      ...['甲', '乙', '丙', '丁'].map((name) => ({ name: `评标专家${name}`, kind: 'expert' })),
      { name: '采购人代表', kind: 'purchaser' },
    ],
    candidates: ids.slice(0, 3).map((bidId, index) => ({
      bidId,
      rank: index + 1,
      priceFen: prices[index],
      score: 92 - 3 * index,
      ...cast.example.candidate,
    })),
    others: ids.slice(3).map((bidId, index) => ({ bidId, priceFen: prices[index + 3], score: 80 - index })),
  };
}

/** Only a hang takes this long (real ms). */
const PATIENCE_MS = 180_000;

/** Waits until a lot has reached a stage by itself; bounded, so that a drill never hangs. */
async function comesTo(
  cast: Cast,
  procurementId: string,
  lotNo: number,
  stage: string,
  onTheWay: readonly string[],
): Promise<void> {
  for (const began = performance.now(); performance.now() - began < PATIENCE_MS; await sleep(50)) {
    const tender = await cast.agency.ask('GET', `/procurements/${procurementId}`, 200);
    const lot = (tender.lots as { no: number; stage: string }[]).find(({ no }) => no === lotNo);
    if (lot?.stage === stage) return;
    if (!onTheWay.includes(lot?.stage ?? '')) break;
  }
  throw new Error(`lot ${lotNo} of ${procurementId} did not come to ${stage}`);
}

/** A procedure that begins with invitations: who is not invited learns nothing; then it goes its way to the archive. */
export async function playInvited(cast: Cast, procurementId: string, on: Waits): Promise<void> {
  const { agency, purchaser, say, example } = cast;
  const { story } = example;
  if (!story) throw new Error(`${example.draft.title} has no story`);
  const tender = `/procurements/${procurementId}`;
  const lot = `${tender}/lots/1`;
  const [invited, stranger] = [supplierAt(cast, 0), supplierAt(cast, cast.suppliers.length - 1)];
  await on(story.bidsAt);
  await stranger.refused('GET', tender, 'not-found');
  await invited.ask('GET', tender, 200);
  const bids = await handIn(cast, procurementId);
  if (story.secondOffer) {
    const second = await sealed(cast, procurementId, 1, 0, 1);
    const refusal = await invited.refused('POST', bidPath(procurementId, 1), 'offer-made', second);
    say(`第二次报价被拒 / a second offer refused: ${String(refusal.messageZh)}`);
  }
  await on(story.reportAt);
  await comesTo(cast, procurementId, 1, 'evaluation', ['pending', 'opening']);
  await agency.ask(
    'POST',
    `${lot}/report`,
    200,
    await withFile(cast.agency, lot, 'report', report(cast, 1, bids, story.evaluatedAt)),
  );
  if (story.awardAt !== undefined) {
    await on(story.awardAt);
    await comesTo(cast, procurementId, 1, 'award', ['publicity']);
    await purchaser.ask('POST', `${lot}/award`, 200, { bidId: bids.get(1)?.[0] });
  } else {
    await on(String(story.deemedAt));
    await comesTo(cast, procurementId, 1, 'contract', ['award']);
  }
  say(`${example.draft.title}：结果已公告 / the result is announced`);
  await on(story.contractAt);
  const amountFen = example.prices[1]?.[0];
  const contract = { amountFen, signedAt: story.contractAt, terms: termsOf(example, amountFen) };
  await purchaser.ask('POST', `${lot}/contract`, 200, contract);
  await agency.ask(
    'POST',
    `${lot}/contract/publication`,
    200,
    await withFile(cast.agency, lot, 'contract', { textZh: '合同公告。' }),
  );
  await finish(cast, procurementId, 1, story.duties);
  await perform({ agency, purchaser, supplier: invited }, lot, { amountFen, at: story.contractAt });
  await comesTo(cast, procurementId, 1, 'archived', ['performance']);
  say(`${example.draft.title}：已归档 / archived`);
}

const panelOf = ({ panel }: Cast): Panel => {
  if (!panel) throw new Error('nobody evaluates');
  return panel;
};

/** 施工招标: three lots, a question, an amendment, a late bid, a lot that fails, an objection, two contracts. */
export async function playWorks(cast: Cast, procurementId: string, on: Waits): Promise<void> {
  const { agency, purchaser, say } = cast;
  const tender = `/procurements/${procurementId}`;

  await on('2026-03-30T10:00:00+08:00');
  await obtainDocuments(cast, procurementId);
  await on('2026-04-01T08:00:00+08:00');
  const question = await supplierAt(cast, 0).ask('POST', `${tender}/questions`, 201, {
    textZh: '管材材质是否可用球墨铸铁？',
  });
  await on('2026-04-02T08:00:00+08:00');
  await agency.ask('POST', `${tender}/questions/${String(question.id)}/answer`, 200, {
    answerZh: '可以，执行国家标准。',
    affectsBids: false,
  });
  say('答疑已公布，不具提问人 / a question was answered to everybody, without its asker');

  await on('2026-04-08T08:00:00+08:00');
  const amendment = { textZh: '泵站管道规格调整，详见补充文件。', affectsBids: true };
  const refusal = await agency.refused('POST', `${tender}/amendments`, 'unlawful', amendment);
  say(`澄清被拒 / amendment refused: ${String(refusal.messageZh)}`);
  await agency.ask('POST', `${tender}/amendments`, 200, { ...amendment, bidDeadline: '2026-04-27T09:00:00+08:00' });
  say('澄清已公布，投标截止顺延至 4 月 27 日 / amended, the deadline moves to 27 April');

  await on('2026-04-24T08:00:00+08:00');
  const early = await sealed(cast, procurementId, 1, 0, 1);
  await supplierAt(cast, 0).ask('POST', bidPath(procurementId, 1), 201, early);
  const bids = await handIn(cast, procurementId);
  await supplierAt(cast, 3).ask('POST', bidPath(procurementId, 2), 201, await sealed(cast, procurementId, 2, 3, 1));
  const { password } = supplierAt(cast, 3);
  await supplierAt(cast, 3).ask('POST', `${bidPath(procurementId, 2)}/withdraw`, 200, { password });
  await agency.refused('GET', `${tender}/opening`, 'forbidden');
  const evaluated = { panel: panelOf(cast), example: cast.example, suppliers: cast.suppliers, say };
  const drawId = await drawMembers(evaluated, `${tender}/lots/1`);

  const tooLate = await sealed(cast, procurementId, 3, 3, 1);
  await on('2026-04-27T09:20:00+08:00');
  const late = await supplierAt(cast, 3).refused('POST', bidPath(procurementId, 3), 'bid-late', tooLate);
  say(`逾期投标被拒 / a late bid refused: ${String(late.messageZh)}`);
  await comesTo(cast, procurementId, 3, 'failed', ['pending', 'opening']);
  for (const lotNo of [1, 2]) await comesTo(cast, procurementId, lotNo, 'evaluation', ['pending', 'opening']);
  say('三方保管人交出份额，投标文件已解密唱标 / the custodians gave up their shares, the bids are opened and read out');
  await agency.ask('GET', `${tender}/opening`, 200);
  const retender = await agency.ask('POST', `${tender}/lots/3/retender`, 201, {
    noticeAt: '2026-05-20T09:00:00+08:00',
  });
  say(`第 3 标段投标人不足，招标失败，可重新招标：草稿 ${String(retender.id)} / lot 3 failed, its re-tender drafted`);

  await on(EVALUATION_AT);
  await playEvaluation(evaluated, { lot: `${tender}/lots/1`, drawId, bidIds: bids.get(1) ?? [] });
  await on('2026-04-28T10:00:00+08:00');
  const delivered = report(cast, 2, bids, '2026-04-28T00:00:00+08:00');
  const second = `${tender}/lots/2`;
  await agency.ask('POST', `${second}/report`, 200, await withFile(cast.agency, second, 'report', delivered));
  say('评标报告送达，中标候选人公示 / reports delivered, candidates public');

  await on('2026-05-06T08:00:00+08:00');
  const objection = await supplierAt(cast, 1).ask('POST', `${tender}/grievances`, 201, {
    target: 'result',
    lotNo: 1,
    textZh: '对第一中标候选人业绩提出异议。',
  });
  say('公示期内收到异议，公示暂停 / an objection suspends the publicity of lot 1');
  await on('2026-05-07T08:00:00+08:00');
  await comesTo(cast, procurementId, 2, 'award', ['publicity']);
  await purchaser.ask('POST', `${tender}/lots/2/award`, 200, { bidId: bids.get(2)?.[0] });
  await agency.ask('POST', `/grievances/${String(objection.id)}/reply`, 200, {
    outcome: 'rejected',
    replyZh: '经核查，业绩属实。',
  });
  say('异议已答复，公示继续 / the objection is answered, the window runs on');

  await on('2026-05-09T08:00:00+08:00');
  await comesTo(cast, procurementId, 1, 'award', ['publicity']);
  await purchaser.ask('POST', `${tender}/lots/1/award`, 200, { bidId: bids.get(1)?.[0] });
  say('中标通知书发出 / the award is notified');
  await recomputeAll(evaluated, `${tender}/lots/1`);

  await on('2026-05-12T08:00:00+08:00');
  for (const lotNo of [1, 2]) {
    const amountFen = cast.example.prices[lotNo]?.[0];
    await purchaser.ask('POST', `${tender}/lots/${lotNo}/contract`, 200, {
      ...{ amountFen, signedAt: '2026-05-12T00:00:00+08:00', terms: termsOf(cast.example, amountFen) },
    });
  }
  await on('2026-05-13T08:00:00+08:00');
  for (const lotNo of [1, 2]) {
    const lot = `${tender}/lots/${lotNo}`;
    const published = await withFile(cast.agency, lot, 'contract', { textZh: '合同主要内容公告。' });
    await agency.ask('POST', `${lot}/contract/publication`, 200, published);
    await finish(cast, procurementId, lotNo, ['written-report', 'deposits-losers', 'deposits-winner']);
    const supplier = supplierAt(cast, cast.example.bids[lotNo]?.[0] ?? 0);
    const paid = { amountFen: cast.example.prices[lotNo]?.[0], at: '2026-05-13T08:00:00+08:00' };
    await perform({ agency, purchaser, supplier }, lot, paid);
  }
  for (const lotNo of [1, 2]) await comesTo(cast, procurementId, lotNo, 'archived', ['performance']);
  say('合同已公告，两个标段归档 / contracts published, both lots archived');
}

/** The opening record shows for each bidder that its deposit was received, and in which form. */
async function assertReadOut(cast: Cast, procurementId: string, forms: readonly string[]): Promise<void> {
  const { items } = (await cast.agency.ask('GET', `/procurements/${procurementId}/opening`, 200)) as {
    items: { entries: { deposit?: { held: boolean; form: string | null } }[] }[];
  };
  const read = items.flatMap(({ entries }) => entries.map(({ deposit }) => (deposit?.held ? deposit.form : 'none')));
  if (read.sort().join() !== forms.join()) throw new Error(`deposits read out: ${read.join()}, not ${forms.join()}`);
}

/** 货物采购: the purchaser stays silent, the award is deemed; a query suspends the contract over the May holiday. */
export async function playGoods(cast: Cast, procurementId: string, on: Waits): Promise<void> {
  const { agency, purchaser, centre, bank, say } = cast;
  const [first, second, third] = [0, 1, 2].map((index) => supplierAt(cast, index)) as [Person, Person, Person];
  const tender = `/procurements/${procurementId}`;
  const lot = `${tender}/lots/1`;

  await on('2026-03-18T10:00:00+08:00');
  await obtainDocuments(cast, procurementId);
  await on('2026-04-02T10:00:00+08:00');
  await payByTransfer(bank, { lot, bidder: first }, 'DEMO-0001', '2026-04-02T09:15:00+08:00');
  await payByBankFile(centre, { lot, bidder: second }, 'DEMO-0002', '2026-04-02 09:20:00');
  await handInGuarantee({ lot, bidder: third }, 'BH-2026-0003', '2026-07-31T00:00:00+08:00');
  await agency.refused('GET', `${tender}/deposits`, 'forbidden');
  say(
    '三家的保证金分别经银行通知、银行对账单、保函提交，开标前无人可见 / deposits came by the bank, its file and a guarantee, seen by nobody',
  );
  await on('2026-04-07T08:00:00+08:00');
  const bids = await handIn(cast, procurementId);
  await on('2026-04-08T10:00:00+08:00');
  await comesTo(cast, procurementId, 1, 'evaluation', ['pending', 'opening']);
  await assertReadOut(cast, procurementId, ['guarantee', 'transfer', 'transfer']);
  for (const { depositId, form } of await depositsOf(centre, procurementId)) {
    if (form !== 'guarantee') continue;
    await centre.ask('POST', `/deposits/${depositId}/check`, 200, {
      outcome: 'confirmed',
      reasonZh: '开立银行查证属实',
    });
  }
  say('唱标公布三家保证金，保函经核验有效 / the record reads out three deposits, the guarantee holds');
  await on('2026-04-16T08:00:00+08:00');
  const delivered = report(cast, 1, bids, '2026-04-15T17:00:00+08:00');
  await agency.ask('POST', `${lot}/report`, 200, await withFile(cast.agency, lot, 'report', delivered));
  say('评标报告送交采购人，采购人未表态 / the report is with the purchaser, who stays silent');

  await on('2026-04-24T08:00:00+08:00');
  await comesTo(cast, procurementId, 1, 'contract', ['award']);
  say('采购人逾期未定，视同确定第一名并公告 / silent for five working days: the first-ranked is deemed chosen');

  await on('2026-04-28T08:00:00+08:00');
  await giveBack(agency, procurementId, [second, third], '2026-04-28T08:00:00+08:00');
  say('未中标供应商保证金已退还 / the losers have their deposits back');

  await on('2026-05-08T08:00:00+08:00');
  const query = await supplierAt(cast, 1).ask('POST', `${tender}/grievances`, 201, {
    target: 'result',
    lotNo: 1,
    textZh: '对中标产品参数提出质疑。',
    letter: {
      ...{ address: '江西省吉安市吉州区阳明路9号', postcode: '343000', contact: '周工', telephone: '0796-8300003' },
      matters: [
        {
          matterZh: '中标产品的处理器主频不满足招标文件的技术要求。',
          factsZh: '该型号公开的产品说明书。',
          lawZh: '财政部令87号第51条。',
        },
      ],
      requestZh: '请核查中标产品参数。',
    },
  });
  await on('2026-05-09T08:00:00+08:00');
  const amountFen = cast.example.prices[1]?.[0];
  const contract = { amountFen, terms: termsOf(cast.example, amountFen) };
  const refusal = await purchaser.refused('POST', `${lot}/contract`, 'suspended', {
    ...contract,
    signedAt: '2026-05-09T00:00:00+08:00',
  });
  say(`质疑未答复，签约被拒 / no contract while a query is open: ${String(refusal.messageZh)}`);
  await on('2026-05-11T08:00:00+08:00');
  await agency.ask('POST', `/grievances/${String(query.id)}/reply`, 200, {
    outcome: 'rejected',
    replyZh: '经核查，参数满足招标文件要求。',
    factsZh: '中标供应商的检测报告和投标文件技术部分。',
    lawZh: '招标文件第四章技术要求；财政部令87号第51条。',
  });

  await on('2026-05-12T08:00:00+08:00');
  await purchaser.ask('POST', `${lot}/contract`, 200, { ...contract, signedAt: '2026-05-12T00:00:00+08:00' });
  await on('2026-05-13T08:00:00+08:00');
  const published = await withFile(cast.agency, lot, 'contract', { textZh: '合同公告。' });
  await agency.ask('POST', `${lot}/contract/publication`, 200, published);
  await giveBack(agency, procurementId, [first], '2026-05-13T08:00:00+08:00');
  await finish(cast, procurementId, 1, ['contract-filing']);
  const winner = { agency, purchaser, supplier: supplierAt(cast, cast.example.bids[1]?.[0] ?? 0) };
  await perform(winner, lot, { amountFen, at: '2026-05-13T08:00:00+08:00' });
  await comesTo(cast, procurementId, 1, 'archived', ['performance']);
  say('合同已公告、备案，保证金已退 / contract published and filed, deposits returned');
}
