import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { DRAW_PARTIES, type DrawParty } from '../../domain/draws/terms.ts';
import { commitmentOf } from '../../proofs/draw.ts';

const PART_BYTES = 32;

/** `draw part`: what a party needs for a draw, made on its own machine. */
export function drawCommand(): Command {
  return new Command('draw').description('专家抽取 / the draw of experts').addCommand(
    new Command('part')
      .description('在本机生成本方的随机数和承诺 / makes the part of the seed of your party, and its commitment')
      .requiredOption('--draw <id>', '抽取编号 / the id of the draw')
      .addOption(new Option('--party <party>', '本方 / your party').choices(DRAW_PARTIES).makeOptionMandatory())
      .requiredOption(
        '--out <file>',
        '存放随机数的文件，交出前保密 / the file for the part: secret until it is handed in',
      )
      .action(({ draw, party, out }: { draw: string; party: DrawParty; out: string }) => {
        const part = randomBytes(PART_BYTES).toString('hex');
        writeFileSync(out, `${part}\n`, { flag: 'wx', mode: 0o600 });
        console.log(commitmentOf(draw, party, part));
      }),
  );
}
