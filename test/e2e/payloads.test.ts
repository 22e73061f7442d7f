import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { DAY_MS } from '../../domain/civil-time.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { Tender } from '../faults/story.ts';
import { rawDatabase } from '../setup/database.ts';
import { eventually } from '../setup/eventually.ts';
import { startTestService } from '../setup/servers/service.ts';

const FROM = '2025-02-10T09:00:00+08:00';
const config = readTemporalConfig({});
const { namespace } = config;
/** Of a local activity before it is given up (workflows/local.ts). */
const LOCAL_ATTEMPTS = 5;

describe.each(['sqlite', 'postgres'] as const)('what Temporal keeps, beside %s', (database) => {
  /** The closing cannot write its record, where another is: the error contains the row that was to be written. */
  const FAILURE = database === 'sqlite' ? 'opening records are immutable' : 'openings_procurement_id_lot_no_pk';
  const refuse = (id: string) =>
    `INSERT INTO openings (procurement_id, lot_no, opened, bidders, entries, legal_at, actual_at)
     VALUES ('${id}', 1, ${database === 'sqlite' ? 1 : true}, 0, '[]', 0, 0)`;
  const allow = (id: string) => `DELETE FROM openings WHERE procurement_id = '${id}'`;

  it.each(['in the clear', 'encrypted'] as const)(
    'holds no value of a row, %s, whatever fails: the log has it, under a reference',
    async (how) => {
      const keys = how === 'encrypted' ? { KAIBIAO_PAYLOAD_KEYS: `k1:${randomBytes(32).toString('base64')}` } : {};
      await using town = await startTestService({
        from: FROM,
        database,
        as: 'process',
        // Without custodians the closing itself writes the record.
        env: { KAIBIAO_LOG_LEVEL: 'warn', KAIBIAO_SEALING: 'optional', KAIBIAO_LOCAL_CUSTODIANS: 'off', ...keys },
      });
      const tender = await Tender.draft(town, 'tendering', 6);
      await tender.launch();
      await tender.comesTo('bidding');
      for (const supplier of [0, 1, 2] as const) await tender.bid(supplier);
      const raw = await rawDatabase(town.storage);
      await raw.behind(refuse(tender.id), 'other triggers too');
      await town.letPass((await tender.deadline()) + DAY_MS);
      // Until its activity gives up, which Temporal keeps.
      const failures = () => town.log.filter((line) => line.includes(FAILURE) && line.includes('activity failed'));
      await eventually('the closing has failed again and again', async () => failures().length > LOCAL_ATTEMPTS);
      await raw.behind(allow(tender.id), 'other triggers too');
      await raw.close();
      await tender.lotComesTo('evaluation');

      const client = await connectClient(config, town.temporalAddress);
      const texts: string[] = [];
      for await (const { workflowId, runId } of client.workflow.list()) {
        const { history } = await client.connection.workflowService.getWorkflowExecutionHistory({
          namespace,
          execution: { workflowId, runId },
        });
        texts.push(...(history?.events ?? []).map(textOf));
      }
      await client.connection.close();
      const all = texts.join('\n');
      expect(all).toContain('advance');
      for (const value of [FAILURE, '中学教学楼', '一标段', '甲公司', '工业园区', '90000000', '100000000']) {
        expect(all, value).not.toContain(value);
      }
      const failed = town.log.find((line) => line.includes(FAILURE) && line.includes('activity failed'));
      const { reference } = JSON.parse(failed ?? '{}') as { reference?: string };
      expect(reference).toMatch(/^[0-9a-f-]{36}$/);
      if (how === 'encrypted') {
        expect(all).toContain('Encoded failure');
        expect(all).not.toContain("see the worker's log");
      } else expect(all).toContain("see the worker's log");
      await town.check();
    },
  );
});

/** Everything that an event holds, its payloads as text. */
function textOf(event: unknown): string {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) found.push(Buffer.from(value).toString());
    else if (typeof value === 'string') found.push(value);
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) walk(each);
  };
  walk(event);
  return found.join('\n');
}
