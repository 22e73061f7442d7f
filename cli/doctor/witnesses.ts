import { storageOf } from '../settings/folders.ts';
import { headAt, witnessesOf, wrongStanding } from '../witness/client.ts';
import { fail, ok, okay, reasonOf, reasonZh, warn, type Verdict } from './findings.ts';

/** Whether somebody else keeps the heads of the log, and has seen no other than this one. */
export async function checkWitnesses(env: NodeJS.ProcessEnv): Promise<Verdict> {
  const { openDatabase } = await import('../../db/access/open.ts');
  const { standingOf } = await import('../../services/log/witnessed.ts');
  try {
    const witnesses = witnessesOf(env);
    if (witnesses.length === 0) {
      return (env.NODE_ENV === 'production' ? warn : okay)(
        '没有见证人：只有本机保存日志头，数据库与签名密钥都在手的人可以改写日志',
        'no witness: only this machine keeps the heads of the log, and who has the database and the signing key can rewrite it',
        '请别的单位运行 kaibiao witness，并设 KAIBIAO_WITNESSES',
        'have somebody else run kaibiao witness, and set KAIBIAO_WITNESSES',
      );
    }
    const db = await openDatabase(storageOf(env));
    try {
      for (const witness of witnesses) {
        const has = await headAt(witness);
        const wrong = has && wrongStanding(witness, await standingOf(db, has));
        if (wrong) {
          return fail(
            wrong.zh,
            wrong.en,
            '运行 kaibiao verify，找回完整的数据库',
            'run kaibiao verify, and bring back the whole database',
          );
        }
      }
    } finally {
      await db.close();
    }
    return ok(`${witnesses.length} 个见证人，所见日志与本库一致`, `${witnesses.length} witnesses have seen this log`);
  } catch (error) {
    return warn(
      `未能核对见证人：${reasonZh(error)}`,
      `the witnesses could not be asked: ${reasonOf(error)}`,
      '查看见证人是否在运行、地址是否正确',
      'see whether they run, and whether the address is right',
    );
  }
}
