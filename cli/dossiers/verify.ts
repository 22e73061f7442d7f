import { Command } from 'commander';
import { verifyDossier, type VerifiedDossier } from '../../proofs/dossier/verify.ts';
import { pinnedKeys } from '../commands/verify-file.ts';
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

const PROVES_ITSELF =
  '! 公钥取自档案本身：只说明档案内部一致，不能证明出自平台，改动者可以换上自己的公钥重新签名；请以 --keys 指定另行取得的公钥\n' +
  '! the keys are those of the package itself: it agrees with itself, which does not prove that the platform made it, since whoever changed it may have signed it with keys of their own; pin keys obtained elsewhere with --keys';

/** For people. */
export function dossierText({ manifest, pinned, head, faults, ...found }: VerifiedDossier): string {
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
  if (!pinned) lines.push(PROVES_ITSELF);
  if (faults.length === 0) lines.push('✓ 全部一致 / everything is as it was handed out');
  return lines.join('\n');
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
      const verified = await verifyDossierFile(file, keys);
      console.log(json ? JSON.stringify(verified) : dossierText(verified));
      if (verified.faults.length > 0) process.exitCode = 1;
    });
}
