import type { Logger } from 'pino';
import { z } from 'zod';
import type { Database } from '../../db/access/database.ts';
import type { AddHead, WitnessedHead } from '../../proofs/witness.ts';
import { headToAdd, standingOf, type Standing } from '../../services/log/witnessed.ts';
import { badSetting, CommandFailure } from '../settings/failure.ts';
import { addressTold } from '../settings/values.ts';

const TIMEOUT_MS = 5_000;
/** An answer has some hundred bytes. */
const MOST_BYTES = 16_384;

const witnessed = z.object({ size: z.int().min(1), root: z.string(), head: z.string(), cosignature: z.string() });

/** The witnesses of this installation (KAIBIAO_WITNESSES). */
export function witnessesOf(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const given = (env.KAIBIAO_WITNESSES ?? '').split(',').map((each) => each.trim());
  return given
    .filter((each) => each !== '')
    .map((each) => {
      const url = URL.canParse(each) ? new URL(each) : null;
      if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
        throw badSetting(
          `KAIBIAO_WITNESSES 应为以逗号分隔的网址（https://…）：${addressTold(each)}`,
          `KAIBIAO_WITNESSES must be addresses (https://…) with commas between: ${addressTold(each)}`,
        );
      }
      return url.href.replace(/\/$/, '');
    });
}

async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  if (text.length > MOST_BYTES) throw new Error(`${url} answered ${text.length} bytes`);
  return { status: response.status, body: JSON.parse(text) as unknown };
}

/** The last head that a witness has; null where it has none. @throws where it cannot be asked */
export async function headAt(witness: string): Promise<WitnessedHead | null> {
  const { status, body } = await ask(`${witness}/head`);
  if (status === 404) return null;
  if (status !== 200) throw new Error(`${witness} answered ${status}`);
  return witnessed.parse(body);
}

export type Told = Standing | 'told';

/**
 * Tells a witness the last head of the log. Sent again, it changes nothing.
 * @throws where it cannot be asked, or refuses
 */
export async function tellWitness(db: Pick<Database, 'read'>, witness: string): Promise<Told> {
  const has = await headAt(witness);
  const standing = has ? await standingOf(db, has) : 'behind';
  if (standing !== 'behind') return standing;
  const given: AddHead | null = await headToAdd(db, has?.size ?? 0);
  if (!given) return 'same';
  const { status } = await ask(`${witness}/add-head`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(given),
  });
  // 409: another process of this installation was quicker.
  if (status !== 200 && status !== 409) throw new Error(`${witness} refused a head: ${status}`);
  return 'told';
}

export const wrongStanding = (witness: string, standing: Told): { zh: string; en: string } | null => {
  if (standing === 'ahead') {
    return {
      zh: `见证人 ${witness} 见过的日志比本数据库长：数据库被换回了旧的状态`,
      en: `the witness ${witness} has seen more of the log than this database has: an earlier state was put in its place`,
    };
  }
  if (standing === 'other') {
    return {
      zh: `见证人 ${witness} 见过的日志与本数据库的不同：日志被改写`,
      en: `the witness ${witness} has seen another log than the one of this database: it was rewritten`,
    };
  }
  return standing === 'not-ours'
    ? {
        zh: `见证人 ${witness} 所持的日志头不是本平台签署的`,
        en: `the head that the witness ${witness} has was not signed by this platform`,
      }
    : null;
};

/**
 * Refuses a start on a state that is older than, or another than, what a witness has seen. One that does not answer is
 * only reported: it must not be able to stop the platform.
 * @throws CommandFailure `witness`
 */
export async function refuseUnwitnessed(
  db: Pick<Database, 'read'>,
  witnesses: readonly string[],
  log: Pick<Logger, 'warn'>,
): Promise<void> {
  await Promise.all(
    witnesses.map(async (witness) => {
      let has: WitnessedHead | null;
      try {
        has = await headAt(witness);
      } catch (error) {
        log.warn({ witness, err: error }, 'a witness of the log does not answer');
        return;
      }
      const wrong = has && wrongStanding(witness, await standingOf(db, has));
      if (!wrong) return;
      throw new CommandFailure('witness', {
        zh: `${wrong.zh}。请找回完整的数据库；确须从旧的状态继续的，由见证人一方运行 kaibiao witness --restored`,
        en: `${wrong.en}. Bring back the whole database; if it is to go on from the earlier state, the witness’s own people run kaibiao witness --restored`,
      });
    }),
  );
}
