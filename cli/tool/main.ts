import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { version } from '../../package.json';
import { drawCommand } from '../commands/draw.ts';
import { sealCommand } from '../commands/seal.ts';
import { verifyFileCommand } from '../commands/verify-file.ts';
import { verifySheetCommand } from '../evaluation/verify-sheet.ts';
import { verifyDossierCommand } from '../dossiers/verify.ts';
import { inBothLanguages, running } from '../running.ts';

// What a bidder or a citizen runs, in one file without packages (`/kaibiao.mjs` of every platform): it seals bids, and
// checks receipts, exports of the log, dossiers and score sheets. It has neither a database nor Temporal.

const args = process.argv.slice(2);
// As in cli/kaibiao.mjs: bids are large, and bidders' machines small.
if (args[0] === 'seal')
  for (const flag of ['optimize-for-size', 'semi-space-growth-factor=1']) setFlagsFromString(`--${flag}`);

// A pipe closed early (`| head`) is not our error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await running(args, async () =>
  inBothLanguages(
    new Command('kaibiao.mjs')
      .description(
        '开标：封装投标文件，核验回执、日志、项目档案与专家抽取 / seals bids, and checks receipts, the log, dossiers and draws of experts',
      )
      .version(version, '-V, --version', '版本 / version')
      .addCommand(sealCommand())
      .addCommand(drawCommand())
      .addCommand(verifyFileCommand().addCommand(verifyDossierCommand()).addCommand(verifySheetCommand())),
  ),
);
