import { and, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import {
  audit,
  bids,
  grievances,
  idempotency,
  lots,
  milestones,
  notices,
  procurements,
  questions,
} from '../../db/schema/sqlite.ts';
import { DAY_MS, formatInstant, HOUR_MS } from '../../domain/civil-time.ts';
import type { LotStage, ProcurementStage } from '../../domain/stages.ts';
import { sealedBid } from '../../cli/demo/sealing.ts';
import { termsOf } from '../setup/tenders/contracts.ts';
import { candidateTold, PARTICULARS_TOLD } from '../setup/tenders/particulars.ts';
import type { Json, TestService } from '../setup/servers/service.ts';

export type Regime = 'tendering' | 'government';

/** Where in the life of a tender something can go wrong. */
export const MOMENTS = [
  'launched',
  'bidding',
  'deadline',
  'evaluation',
  'grievance',
  'award',
  'contract',
  'performance',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** Called before each moment; returns the blow that falls while what belongs to the moment is under way. */
export type Disturb = (moment: Moment) => Promise<() => Promise<void>>;

const PRICE = 90_000_000;
const DUTIES = {
  tendering: ['written-report', 'deposits-losers', 'deposits-winner'],
  government: ['contract-filing', 'deposits-losers', 'deposits-winner'],
} as const;

/** What is published of such a tender, oldest first, however often anything fell over on the way. */
export const NOTICES: Readonly<Record<Regime, readonly string[]>> = {
  tendering: [
    ...['tender', 'opening-record', 'candidates', 'suspension', 'grievance-reply', 'amendment'],
    ...['award', 'contract'],
  ],
  government: ['tender', 'opening-record', 'award', 'grievance-reply', 'contract'],
};

/** A small tender of one lot, as its purchaser and three suppliers live it. */
export class Tender {
  private tooLateToQuery = false;

  private constructor(
    private readonly town: TestService,
    readonly regime: Regime,
    public id: string,
    private readonly noticeInDays: number,
    private readonly biddingDays: number | undefined,
  ) {}

  get path(): string {
    return `/procurements/${this.id}`;
  }

  get lot(): string {
    return `${this.path}/lots/1`;
  }

  /** A lawful draft whose notice goes out some civil days from now; bids are due as early as the law allows, or later. */
  static async draft(town: TestService, regime: Regime, noticeInDays: number, biddingDays?: number): Promise<Tender> {
    const works = regime === 'tendering';
    const noticeAt = town.now() + noticeInDays * DAY_MS;
    const { status, body } = await town.insist(town.persons.purchaser, 'POST', '/procurements', {
      title: works ? '中学教学楼工程' : '教学终端采购',
      regime,
      kind: works ? 'works' : 'goods',
      budgetFen: 100_000_000,
      contentZh: '详见招标文件。',
      particulars: { ...PARTICULARS_TOLD, ceilingPriceFen: 100_000_000 },
      intentionAt: works ? null : formatInstant(noticeAt - 45 * DAY_MS),
      noticeAt: formatInstant(noticeAt),
      documentsFrom: formatInstant(noticeAt + HOUR_MS),
      documentsUntil: formatInstant(noticeAt + 12 * DAY_MS),
      bidDeadline: biddingDays === undefined ? null : formatInstant(noticeAt + biddingDays * DAY_MS),
      bidValidityDays: 90,
      lots: [{ no: 1, title: '一标段', budgetFen: 100_000_000 }],
    });
    if (status !== 201) throw new Error(`no draft: ${JSON.stringify(body)}`);
    const tender = new Tender(town, regime, String(body.id), noticeInDays, biddingDays);
    const upload = `${tender.path}/documents?name=${encodeURIComponent('招标文件.txt')}`;
    const uploaded = await town.insist(town.persons.purchaser, 'POST', upload, Buffer.from('招标文件'));
    if (uploaded.status !== 201) throw new Error(`no documents: ${JSON.stringify(uploaded.body)}`);
    return tender;
  }

  /** Launches it; where the day of its notice went by meanwhile, it is drafted for a later one, as people would. */
  async launch(): Promise<void> {
    for (let days = this.noticeInDays; ; days *= 2) {
      const { status, body } = await this.town.insist(this.town.persons.purchaser, 'POST', `${this.path}/launch`);
      if (status === 200) return;
      const violations = (body.violations ?? []) as { rule: string; severity: string }[];
      const blocking = violations.filter(({ severity }) => severity === 'block');
      const tooLate = blocking.length > 0 && blocking.every(({ rule }) => rule === 'past');
      if (!tooLate || days > 200) throw new Error(`not launched: ${JSON.stringify(body)}`);
      this.id = (await Tender.draft(this.town, this.regime, days * 2, this.biddingDays)).id;
    }
  }

  async stage(): Promise<ProcurementStage> {
    const [row] = await this.town.db.read.select().from(procurements).where(eq(procurements.id, this.id));
    return row?.stage ?? 'draft';
  }

  async deadline(): Promise<number> {
    const [row] = await this.town.db.read.select().from(procurements).where(eq(procurements.id, this.id));
    return row?.bidDeadline ?? 0;
  }

  async lotRow(): Promise<typeof lots.$inferSelect> {
    const [row] = await this.town.db.read
      .select()
      .from(lots)
      .where(and(eq(lots.procurementId, this.id), eq(lots.no, 1)));
    if (!row) throw new Error(`no lot in ${this.id}`);
    return row;
  }

  comesTo(stage: ProcurementStage): Promise<void> {
    return this.town.comes(`${this.regime} comes to ${stage}`, async () => (await this.stage()) === stage);
  }

  lotComesTo(stage: LotStage): Promise<void> {
    return this.town.comes(`the lot of ${this.regime} comes to ${stage}`, async () => {
      return (await this.lotRow()).stage === stage;
    });
  }

  /** The file of a supplier, as its own tool has sealed it. */
  async file(supplier: 0 | 1 | 2, contents?: Uint8Array): Promise<Uint8Array> {
    const person = this.town.persons.suppliers[supplier];
    const { status, body } = await this.town.insist(person, 'GET', `${this.path}/sealing`);
    if (status !== 200) throw new Error(`nothing to seal with: ${JSON.stringify(body)}`);
    return sealedBid(person, body, {
      lotNo: 1,
      figures: { priceFen: PRICE + supplier, periodDays: null, quality: null },
      file: contents ?? Buffer.from(`bid of supplier ${supplier} in ${this.id}\n`.repeat(40)),
    });
  }

  async bid(supplier: 0 | 1 | 2, contents?: Uint8Array): Promise<Json> {
    return this.town.bid(this.town.persons.suppliers[supplier], this.id, await this.file(supplier, contents));
  }

  report(bidIds: readonly string[]): Json {
    return {
      evaluationEndedAt: formatInstant(this.town.now()),
      committee: [
        ...['甲', '乙', '丙', '丁'].map((name) => ({ name: `评标专家${name}`, kind: 'expert' })),
        { name: '招标人代表', kind: 'purchaser' },
      ],
      candidates: bidIds.map((bidId, index) => ({
        ...candidateTold(),
        bidId,
        rank: index + 1,
        priceFen: PRICE + index,
        score: 90 - index,
      })),
    };
  }

  contract(): Json {
    return { amountFen: PRICE, signedAt: formatInstant(this.town.now()), terms: termsOf(PRICE) };
  }

  async decide(path: string, body: unknown): Promise<Json> {
    const kind =
      path === `${this.lot}/report` ? 'report' : path === `${this.lot}/contract/publication` ? 'contract' : null;
    if (kind === null) return this.town.decide(this.town.persons.purchaser, path, body);
    const documentId = await this.upload(kind);
    return this.town.decide(this.town.persons.purchaser, path, { ...(body as Json), documentId });
  }

  /** The document that a report, or the publication of a contract, names. */
  async upload(kind: 'report' | 'contract' | 'acceptance'): Promise<string> {
    const path = `${this.path}/documents?kind=${kind}&name=${kind}.pdf`;
    const { status, body } = await this.town.insist(this.town.persons.purchaser, 'POST', path, Buffer.from(kind));
    if (status !== 201) throw new Error(`no ${kind}: ${JSON.stringify(body)}`);
    return String(body.id);
  }

  /** Objects to (works) or queries (goods) the result, while its window is open. */
  async object(): Promise<string> {
    const { status, body } = await this.town.insist(this.town.persons.suppliers[1], 'POST', `${this.path}/grievances`, {
      target: 'result',
      lotNo: 1,
      textZh: '对结果提出异议。',
    });
    if (status !== 201) throw new Error(`no grievance: ${JSON.stringify(body)}`);
    return String(body.id);
  }

  /** Null where the API was away until the window had closed: on a busy machine its seven working days pass in seconds. */
  private async queryInTime(): Promise<string | null> {
    try {
      return await this.object();
    } catch (error) {
      const [window] = await this.town.db.read
        .select()
        .from(milestones)
        .where(and(eq(milestones.procurementId, this.id), eq(milestones.key, 'query-result-end')));
      if ((window?.dueAt ?? Infinity) > this.town.now()) throw error;
      this.tooLateToQuery = true;
      return null;
    }
  }

  async reply(grievanceId: string): Promise<void> {
    const basis = { factsZh: '投标文件和评标报告', lawZh: '财政部令87号第51条' };
    await this.decide(`/grievances/${grievanceId}/reply`, {
      outcome: 'rejected',
      replyZh: '经核查，不成立。',
      ...basis,
    });
    const [row] = await this.town.db.read.select().from(grievances).where(eq(grievances.id, grievanceId));
    if (row?.state !== 'replied') throw new Error('the reply was not stored');
  }

  /** The whole of its life, with a blow at each moment of it. */
  async live(disturb: Disturb): Promise<void> {
    const during = async <T>(moment: Moment, work: () => Promise<T>): Promise<T> => {
      const blow = await disturb(moment);
      const [done] = await Promise.all([work(), blow()]);
      return done;
    };
    await during('launched', () => this.launch());
    await this.comesTo('bidding');
    const receipts = await during('bidding', async () => [await this.bid(0), await this.bid(1), await this.bid(2)]);
    await this.town.until((await this.deadline()) - DAY_MS / 4);
    await during('deadline', () => this.lotComesTo('evaluation'));

    // A part that was already down when the report arrives must be awaited before its delivery.
    await (
      await disturb('evaluation')
    )();
    const bidIds = receipts.map(({ bidId }) => String(bidId));
    const delivered = this.decide(`${this.lot}/report`, this.report(bidIds));
    if (this.regime === 'tendering') {
      const [grievanceId] = await Promise.all([this.lotComesTo('publicity').then(() => this.object()), delivered]);
      await during('grievance', () => this.reply(grievanceId));
      await this.lotComesTo('award');
      await during('award', () => this.decide(`${this.lot}/award`, { bidId: bidIds[0] }));
    } else {
      await delivered;
      // The purchaser is silent: what is deemed comes to pass without anybody.
      await during('award', () => this.lotComesTo('contract'));
      const grievanceId = await this.queryInTime();
      await during('grievance', async () => {
        if (grievanceId !== null) await this.reply(grievanceId);
      });
    }
    await during('contract', () => this.decide(`${this.lot}/contract`, this.contract()));
    await during('performance', () => this.perform());
    await this.comesTo('concluded');
  }

  /** 合同公告 and what else is to be done after the contract. */
  async perform(): Promise<void> {
    await this.decide(`${this.lot}/contract/publication`, { textZh: '合同公告。' });
    for (const key of DUTIES[this.regime]) await this.decide(`${this.lot}/duties`, { key });
    const now = formatInstant(this.town.now());
    await this.decide(`${this.lot}/contract/deliveries`, { deliveredAt: now });
    await this.decide(`${this.lot}/contract/acceptances`, {
      ...{ at: now, opinionZh: '合格', documentId: await this.upload('acceptance') },
      parties: [{ name: '采购人代表', role: 'purchaser' }],
      items: [{ nameZh: '全部', met: true }],
    });
    const paid = { instalment: 1, amountFen: PRICE, paidAt: now, voucher: this.id };
    await this.decide(`${this.lot}/contract/payments`, paid);
  }

  /** From the award to the end. */
  async fulfil(): Promise<void> {
    await this.decide(`${this.lot}/contract`, this.contract());
    await this.perform();
    await this.comesTo('concluded');
  }

  /** It has ended as such a tender ends: nothing is missing, and nothing was done twice. */
  async assertEnded(): Promise<void> {
    const { read } = this.town.db;
    expect(await this.stage()).toBe('concluded');
    expect(await this.lotRow()).toMatchObject({ stage: 'archived', deemed: this.regime === 'government' });
    const published = await read.select().from(notices).where(eq(notices.procurementId, this.id)).orderBy(notices.id);
    const expected = NOTICES[this.regime].filter((kind) => kind !== 'grievance-reply' || !this.tooLateToQuery);
    expect(published.map(({ kind }) => kind)).toEqual(expected);
    const timeline = await read.select().from(milestones).where(eq(milestones.procurementId, this.id));
    expect(timeline.filter(({ state }) => state === 'planned' || state === 'cancelled')).toEqual([]);
  }
}

/** Everything that a request could have left behind. */
export async function written({ db: { read } }: TestService) {
  return {
    // The platform continues its own work meanwhile: custodians are notified, the log gets its heads.
    audit: (await read.select().from(audit)).filter(({ actor }) => actor.accountId !== null).length,
    bids: (await read.select().from(bids)).length,
    questions: (await read.select().from(questions)).length,
    keys: (await read.select().from(idempotency)).length,
  };
}
