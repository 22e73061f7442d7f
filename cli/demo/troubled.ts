import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { setTimeout as sleep } from 'node:timers/promises';
import { UNATTENDED } from '../../db/audit.ts';
import { civilAt } from '../../domain/clock.ts';
import { DAY_MS, formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { begin, startDrill } from '../commands/demo.ts';
import type { Service } from '../commands/serve.ts';
import { readExample } from './example.ts';
import { join as joinAs, type Person } from './people.ts';
import { launch } from './launch.ts';
import { bidFile, sealedWithShare } from './sealing.ts';
import { registerKey } from '../../services/custodians/register-key.ts';

const BOND_FEN = 7_000_000;
/** 双锁: how long bidders have to release their shares (civil minutes); the maximum. */
const WINDOW_MINUTES = 10_080;
/** The longest wait for any expected event (real ms). */
const PATIENCE_MS = 240_000;

export interface Troubled {
  readonly service: Service;
  readonly env: NodeJS.ProcessEnv;
  readonly procurementId: string;
  /** Of the bidder whose deposit was not refunded in time. */
  readonly withdrawnBidId: string;
}

/**
 * A tender of works whose opening meets every trouble: it is paused, one custodian is down, bidders keep a share and
 * one does not release it; and a bidder that had paid withdraws. The caller stops the service.
 */
export async function playTroubled(options: {
  readonly dayMs: number;
  readonly dataDir: string;
  readonly log: (line: string) => void;
}): Promise<Troubled> {
  const { dayMs, dataDir, log } = options;
  const example = readExample('works-b005');
  const firstNotice = parseInstant(example.draft.noticeAt);
  const { service, env, administrator } = await startDrill({
    dataDir,
    log,
    from: firstNotice - 2 * DAY_MS,
    // Its key is elsewhere, and nobody runs it.
    prepare: async (db) => {
      const recipient = await identityToRecipient(await generateX25519Identity());
      await db.transaction((tx) => registerKey(tx, UNATTENDED, { custodian: 'supervisor', recipient }));
    },
  });
  try {
    const member = (name: string, role: Parameters<typeof joinAs>[3], account: string) =>
      joinAs(administrator, service.url, name, role, account);
    const [supervisor, centre, purchaser, agency] = [
      await member('公共资源交易监督管理局', 'supervisor', 'supervisor'),
      await member('公共资源交易中心', 'centre', 'centre'),
      await member(example.purchaser, 'purchaser', 'purchaser'),
      await member(example.agency, 'agency', 'agency'),
    ];
    const suppliers: Person[] = [];
    for (const [index, name] of example.suppliers.entries()) {
      suppliers.push((await member(name, 'supplier', `supplier-${index + 1}`)).person);
    }
    const clock = await begin(env, { civilStartMs: firstNotice - DAY_MS, msPerDay: dayMs });
    const { budgetFen } = example.draft;
    const draft = {
      ...example.draft,
      lots: [{ no: 1, title: '一标段', budgetFen, bidBondFen: BOND_FEN }],
      bidderWindowMinutes: WINDOW_MINUTES,
    };
    const procurementId = await launch({
      example: { ...example, draft, schemes: {} },
      agency: agency.person,
      purchaser: purchaser.person,
      purchaserId: purchaser.organisationId,
      say: log,
    });
    const path = `/procurements/${procurementId}`;
    const comesTo = (stage: string) =>
      until(async () => (await agency.person.ask('GET', path, 200)).stage === stage, `the tender comes to ${stage}`);
    await comesTo('bidding');

    const bids: { supplier: Person; bidId: string; share: string | null }[] = [];
    for (const [index, supplier] of suppliers.entries()) {
      const { bytes, bidderShare } = await sealedWithShare(
        supplier,
        await supplier.ask('GET', `${path}/sealing`, 200),
        {
          lotNo: 1,
          figures: { priceFen: Number(budgetFen) - index, periodDays: null, quality: null },
          file: bidFile(`supplier ${index}`),
        },
      );
      const { bidId } = await supplier.ask('POST', `${path}/lots/1/bids`, 201, bytes);
      bids.push({ supplier, bidId: String(bidId), share: bidderShare });
    }
    const withdrawn = bids.pop();
    if (!withdrawn) throw new Error('nobody has bid');
    const { reference } = await withdrawn.supplier.ask('GET', `${path}/lots/1/deposit`, 200);
    const arrivedAt = formatInstant(civilAt(clock, Date.now())).slice(0, 19).replace('T', ' ');
    const statement = `流水号,贷方发生额,交易时间,附言\nT1,${BOND_FEN / 100}.00,${arrivedAt},${String(reference)}\n`;
    await centre.person.ask('POST', '/deposits/import', 200, Buffer.from(statement));
    const { password } = withdrawn.supplier;
    await withdrawn.supplier.ask('POST', `${path}/lots/1/bids/withdraw`, 200, { password });

    // Ordered in advance: bids close on time, and nothing is opened.
    await supervisor.person.ask('POST', `${path}/opening/pause`, 200, { reasonZh: '核实一项举报。' });
    await comesTo('opening');
    for (const { supplier, bidId, share } of bids.slice(1)) {
      await supplier.ask('POST', `${path}/lots/1/bids/${bidId}/share`, 200, { share });
    }
    await supervisor.person.ask('POST', `${path}/opening/resume`, 200);
    await comesTo('evaluation');
    return { service, env, procurementId, withdrawnBidId: withdrawn.bidId };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

async function until(asked: () => Promise<boolean>, what: string): Promise<void> {
  for (const began = performance.now(); performance.now() - began < PATIENCE_MS; await sleep(50)) {
    if (await asked()) return;
  }
  throw new Error(`it never came to pass that ${what}`);
}
