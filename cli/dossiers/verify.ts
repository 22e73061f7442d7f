import { Command } from 'commander';
import { verifyDossier, type VerifiedDossier } from '../../proofs/dossier/verify.ts';
import { pinnedKeys } from '../foreign-file.ts';
import { printVerdict, textWithVerdict } from '../verdict.ts';
import { openPackage } from './zip.ts';

/** @throws CommandFailure `file` (exit code 2) where a file cannot be read, or is no dossier that is safe to read */
export async function verifyDossierFile(file: string, keys: string | undefined): Promise<VerifiedDossier> {
  const pinned = await pinnedKeys(keys);
  const pack = await openPackage(file);
  try {
    return await verifyDossier(pack, pinned);
  } finally {
    pack.close();
  }
}

/** For people. */
export function dossierText(verified: VerifiedDossier): string {
  const { manifest, head, faults, ...found } = verified;
  const lines: string[] = [];
  if (manifest) {
    const { tender, state, asked, leftOut } = manifest;
    const by = [asked.person, asked.organisation, asked.role].filter((part) => part !== null).join('，');
    lines.push(
      `${tender.title}（${tender.id}）`,
      `${state.zh} / ${state.en}`,
      `导出 / made: ${asked.at}，${by}`,
      `文件 ${found.files} 个，公告 ${found.notices} 份，回执 ${found.receipts} 份，审计记录 ${found.entries} 条，其中 ${found.proven} 条有日志证明`,
      `${found.files} files, ${found.notices} notices, ${found.receipts} receipts, ${found.entries} entries of the audit trail, ${found.proven} of them proven to be in the log`,
      ...leftOut.map(
        ({ what, because, until }) =>
          `- 未包含${what.zh}：${because.zh}${until ? `；${until.zh}可得` : ''} / left out, ${what.en}: ${because.en}${until ? `; until ${until.en}` : ''}`,
      ),
    );
  }
  if (head) lines.push(`树头 / head of the log: ${head.size} ${head.root}`);
  lines.push(...faults.map(({ subject, zh, en }) => `✗ ${subject}: ${zh} / ${en}`));
  if (manifest && !head)
    lines.push('! 没有签名的树头：没有一条经日志证明 / no signed head of the log: nothing is proven by the log');
  return textWithVerdict(verified, lines, '全部一致 / everything is as it was handed out');
}

/** `verify dossier`: with an installation or without. */
export function verifyDossierCommand(): Command {
  return new Command('dossier')
    .description('离线核验项目档案 / check the dossier of a tender off-line')
    .argument('<file>', '档案（zip） / the dossier, a zip file')
    .option('--keys <jwks.json>', '只信这些公钥（/.well-known/jwks.json） / trust only these keys')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (file: string, _options: object, command: Command) => {
      const { keys, json } = command.optsWithGlobals<{ keys?: string; json?: true }>();
      printVerdict(await verifyDossierFile(file, keys), dossierText, json);
    });
}
