import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import * as z from 'zod';
import { CUSTODIANS, type Custodian } from '../../domain/bids/sealing.ts';
import { formatSecond } from '../../domain/civil-time.ts';
import type { PublicJwk } from '../../proofs/signing.ts';
import {
  backUpCustodian,
  custodianDir,
  initCustodian,
  isCustodian,
  keptPassphrase,
  openCustodian,
  openMemory,
  readFacts,
  readMemory,
  restoreCustodian,
  rotateKey,
  trustKeys,
  type CustodianFacts,
  type OpenCustodian,
} from '../custodian/folder.ts';
import { CommandFailure } from '../settings/failure.ts';
import { shownText } from '../shown.ts';
import { newPassphrase, readPassphrase, type PassphraseSource } from '../settings/passphrase.ts';

const PASSPHRASE_FILE = 'KAIBIAO_CUSTODIAN_PASSPHRASE_FILE';

interface Options {
  readonly passphraseFile?: string;
}

interface RestoreOptions extends Options {
  readonly backupPassphraseFile?: string;
  readonly keepPassphrase?: boolean;
}

/** Read by the parent command, on either side of the subcommand; declared here for `--help`. */
const asOption = () => new Option('--as <custodian>', `保管人 / which custodian: ${CUSTODIANS.join(', ')}`);

const noted = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** @throws CommandFailure `usage` */
function named(command: Command | null): Custodian[] {
  const { as = [] } = command?.opts<{ as?: string[] }>() ?? {};
  const known = CUSTODIANS.filter((custodian) => as.includes(custodian));
  if (known.length > 0 && as.every((each) => known.some((custodian) => custodian === each))) return known;
  throw new CommandFailure(
    'usage',
    {
      zh: `须以 --as 指明保管人：${CUSTODIANS.join('、')}`,
      en: `name the custodian with --as: ${CUSTODIANS.join(', ')}`,
    },
    { exitCode: 2 },
  );
}

/** The options that the parent command has read for a subcommand. @throws CommandFailure `usage` */
function called(command: Command): { as: Custodian; json: boolean } {
  const [custodian, ...others] = named(command.parent);
  if (custodian !== undefined && others.length === 0) {
    return { as: custodian, json: command.optsWithGlobals<{ json?: boolean }>().json ?? false };
  }
  throw new CommandFailure('usage', { zh: '一次一个保管人', en: 'one custodian at a time' }, { exitCode: 2 });
}

const passphraseFileOption = () =>
  new Option(
    '--passphrase-file <file>',
    `口令所在文件，默认 ${PASSPHRASE_FILE}，否则在终端询问 / file with the passphrase`,
  );
const keepOption = () =>
  new Option(
    '--keep-passphrase',
    '随机生成口令并存放在密钥旁：只防单独被盗的密钥文件 / a passphrase made by chance, kept beside the key: protects nothing but a stolen key file alone',
  );
const backupFileOption = () =>
  new Option('--backup-passphrase-file <file>', '备份口令所在文件，否则在终端询问 / file with the backup’s passphrase');

/** Where a custodian's key is: KAIBIAO_CUSTODIAN_DIR, else in the data folder. */
function dirOf(custodian: Custodian, env: NodeJS.ProcessEnv = process.env): string {
  return env.KAIBIAO_CUSTODIAN_DIR ? resolve(env.KAIBIAO_CUSTODIAN_DIR) : custodianDir(custodian, env);
}

function keySource(dir: string, given: string | undefined, custodian: Custodian): PassphraseSource {
  const file = given ?? (keptPassphrase(dir) || process.env[PASSPHRASE_FILE] || undefined);
  return {
    file,
    named: given === undefined ? PASSPHRASE_FILE : '--passphrase-file',
    question: { zh: `${custodian} 的密钥口令`, en: `passphrase of the key of ${custodian}` },
  };
}

const backupSource = (file: string | undefined): PassphraseSource => ({
  file,
  named: '--backup-passphrase-file',
  question: { zh: '备份口令', en: 'passphrase of the backup' },
});

/** The folder of an existing custodian, and its passphrase. @throws CommandFailure */
async function unlock(as: Custodian, passphraseFile?: string): Promise<{ dir: string; passphrase: string }> {
  const dir = dirOf(as);
  assertOwn(readFacts(dir), as, dir);
  return { dir, passphrase: await readPassphrase(keySource(dir, passphraseFile, as)) };
}

function assertOwn({ custodian }: CustodianFacts, as: Custodian, dir: string): void {
  if (custodian === as) return;
  throw new CommandFailure('other-custodian', {
    zh: `${dir} 是 ${custodian} 的密钥，不是 ${as} 的`,
    en: `what is in ${dir} is the key of ${custodian}, not of ${as}`,
  });
}

const keySetSchema = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
        kid: z.string().min(1),
      }),
    )
    .min(1),
});

/** The keys that the platform signs with, from its address or from a copied file. @throws CommandFailure */
async function platformKeys({ platform, jwks }: { platform?: string; jwks?: string }): Promise<PublicJwk[]> {
  if ((platform === undefined) === (jwks === undefined)) {
    throw new CommandFailure(
      'usage',
      {
        zh: '须给出 --platform 网址 或 --jwks 文件 之一：保管人只相信平台以这些公钥签名的截止时间',
        en: 'give either --platform URL or --jwks FILE: a custodian trusts only deadlines signed with those keys',
      },
      { exitCode: 2 },
    );
  }
  const from = platform === undefined ? String(jwks) : new URL('/.well-known/jwks.json', platform).href;
  try {
    const text = platform === undefined ? readFileSync(from, 'utf8') : await (await fetch(from)).text();
    return keySetSchema.parse(JSON.parse(text)).keys.map((key) => ({ ...key, use: 'sig', alg: 'EdDSA' }));
  } catch (error) {
    throw new CommandFailure(
      'no-platform-keys',
      {
        zh: `无法由 ${from} 取得平台公钥（Ed25519 JWKS）`,
        en: `the platform's keys (an Ed25519 JWKS) could not be had from ${from}`,
      },
      { cause: error },
    );
  }
}

const platformOptions = (command: Command): Command =>
  command
    .option('--platform <url>', '平台网址，由 /.well-known/jwks.json 取公钥 / address of the platform')
    .option('--jwks <file>', '平台公钥文件 / a file with the platform’s keys');

function print(json: boolean | undefined, facts: object, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(facts)}\n` : `${shownText(lines.join('\n'))}\n`);
}

const CHECK_KIDS = '请与平台另行核对指纹 / check the fingerprints with the platform by another way';

function initCommand(): Command {
  return platformOptions(new Command('init'))
    .description('生成保管人的密钥 / make a custodian’s key')
    .addOption(asOption())
    .addOption(passphraseFileOption())
    .addOption(keepOption())
    .option('--json', '以 JSON 输出 / print JSON')
    .action(
      async (options: Options & { keepPassphrase?: boolean; platform?: string; jwks?: string }, command: Command) => {
        const { as, json } = called(command);
        const dir = dirOf(as);
        if (isCustodian(dir)) readFacts(dir);
        const platform = await platformKeys(options);
        const source = keySource(dir, options.passphraseFile, as);
        const passphrase = options.keepPassphrase || isCustodian(dir) ? null : await newPassphrase(source);
        const facts = await initCustodian(dir, { custodian: as, platform, passphrase, now: Date.now() });
        const [recipient] = facts.recipients;
        print(json, { folder: dir, custodian: as, recipient, platform: platform.map(({ kid }) => kid) }, [
          `密钥 / key: ${dir}`,
          `公钥，请交管理办公室登记 / recipient, for the office to register: ${recipient}`,
          ...platform.map(({ kid }) => `平台公钥 / the platform’s key: ${kid}`),
          CHECK_KIDS,
          '请随即备份，并把备份与其口令分开存放 / back it up now, and keep the backup and its passphrase apart: kaibiao custodian backup FILE',
        ]);
      },
    );
}

function rotateCommand(): Command {
  return new Command('rotate')
    .description(
      '换新密钥；旧密钥留存，用于此前密封的投标文件 / a new key; those of before are kept for what is sealed to them',
    )
    .addOption(asOption())
    .addOption(passphraseFileOption())
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (options: Options, command: Command) => {
      const { as, json } = called(command);
      const { dir, passphrase } = await unlock(as, options.passphraseFile);
      const recipient = await rotateKey(dir, passphrase, Date.now());
      print(json, { folder: dir, custodian: as, recipient }, [
        `新公钥，请交管理办公室登记 / new recipient, for the office to register: ${recipient}`,
        '登记之前：重启保管人进程，并重新备份 / before that: restart the custodian, and back it up again',
      ]);
    });
}

function backupCommand(): Command {
  return new Command('backup')
    .description('备份密钥与记录为一个 age 文件（age -d 可解） / back up the key as one age file, which `age -d` opens')
    .argument('<file>')
    .addOption(asOption())
    .addOption(passphraseFileOption())
    .addOption(backupFileOption())
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (file: string, options: Options & { backupPassphraseFile?: string }, command: Command) => {
      const { as, json } = called(command);
      const { dir, passphrase: key } = await unlock(as, options.passphraseFile);
      const backup = await newPassphrase(backupSource(options.backupPassphraseFile));
      const path = resolve(file);
      await backUpCustodian(dir, path, { key, backup });
      print(json, { file: path }, [`备份 / backup: ${path}`, `age -d ${path} | tar t`]);
    });
}

function restoreCommand(): Command {
  return new Command('restore')
    .description('由备份恢复；不覆盖另一把密钥 / restore from a backup; another key is not overwritten')
    .argument('<file>')
    .addOption(asOption())
    .addOption(passphraseFileOption())
    .addOption(keepOption())
    .addOption(backupFileOption())
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (file: string, options: RestoreOptions, command: Command) => {
      const { as, json } = called(command);
      const dir = dirOf(as);
      const backup = await readPassphrase(backupSource(options.backupPassphraseFile));
      const key = options.keepPassphrase ? null : await newPassphrase(keySource(dir, options.passphraseFile, as));
      const { recipients } = await restoreCustodian(dir, resolve(file), { custodian: as, backup, key });
      print(json, { folder: dir, custodian: as, recipients }, [
        `已恢复 / restored: ${dir}`,
        ...recipients.map((recipient) => `公钥 / recipient: ${recipient}`),
      ]);
    });
}

function showCommand(): Command {
  return new Command('show')
    .description(
      '显示公钥、所信任的平台公钥和所见记录 / show the recipients, the trusted platform keys and what it has seen',
    )
    .addOption(asOption())
    .option('--json', '以 JSON 输出 / print JSON')
    .action((_options: Options, command: Command) => {
      const { as, json } = called(command);
      const dir = dirOf(as);
      const facts = readFacts(dir);
      assertOwn(facts, as, dir);
      const { head, procurements, releases, refusals } = readMemory(dir);
      const platform = facts.platform.map(({ kid }) => kid);
      print(json, { folder: dir, ...facts, platform, head, procurements, releases, refusals }, [
        `目录 / folder: ${dir}`,
        ...facts.recipients.map((each, index) => `公钥 / recipient: ${each}${index === 0 ? '  ← 最新 / newest' : ''}`),
        ...platform.map((kid) => `平台公钥 / the platform’s key: ${kid}`),
        `所见日志 / log seen: ${head ? `${head.size} ${head.root}` : '—'}`,
        `项目 / procurements: ${procurements}；交出 / releases: ${releases}；拒绝 / refusals: ${refusals}`,
      ]);
    });
}

function trustCommand(): Command {
  return platformOptions(new Command('trust'))
    .description(
      '信任平台的新公钥；或在平台由备份恢复后重新接受其日志 / trust a new key of the platform, or accept its log again after a restore',
    )
    .addOption(asOption())
    .option(
      '--restored',
      '平台日志已由备份恢复，请先核实 / the platform’s log was restored from a backup: make sure of it first',
    )
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async (options: { restored?: boolean; platform?: string; jwks?: string }, command: Command) => {
      const { as, json } = called(command);
      const dir = dirOf(as);
      assertOwn(readFacts(dir), as, dir);
      const keysNamed = options.platform !== undefined || options.jwks !== undefined;
      const added = keysNamed || !options.restored ? trustKeys(dir, await platformKeys(options)) : [];
      if (options.restored) {
        const { memory, close } = await openMemory(dir);
        await memory.add({ kind: 'log-restored', at: Date.now() });
        await close();
      }
      print(json, { added: added.map(({ kid }) => kid), restored: options.restored ?? false }, [
        ...added.map(({ kid }) => `新信任 / now trusted: ${kid}`),
        ...(options.restored
          ? [`${formatSecond(Date.now())}：日志自此重新接受 / the log is accepted again from now on`]
          : []),
        ...(added.length > 0 ? [CHECK_KIDS] : []),
        '请重启保管人进程 / restart the custodian',
      ]);
    });
}

/** The custodians of this process; each has a key of its own. */
async function openAll(custodians: readonly Custodian[]): Promise<OpenCustodian[]> {
  if (custodians.length > 1 && process.env.KAIBIAO_CUSTODIAN_DIR) {
    throw new CommandFailure(
      'usage',
      {
        zh: 'KAIBIAO_CUSTODIAN_DIR 只用于一个保管人',
        en: 'KAIBIAO_CUSTODIAN_DIR is for one custodian alone',
      },
      { exitCode: 2 },
    );
  }
  const opened: OpenCustodian[] = [];
  for (const as of custodians) {
    const { dir, passphrase } = await unlock(as);
    opened.push(await openCustodian(dir, passphrase));
  }
  return opened;
}

/** Time for connections, added to what the SDK is given (ms). */
const OVERDUE_MS = 5_000;

async function run(custodians: readonly Custodian[], json: boolean | undefined): Promise<void> {
  process.umask(0o077);
  const [{ logOf }, { readTemporalConfig }, { endWithin, untilStopped }, { custodianClock }, worker] =
    await Promise.all([
      import('../settings/log.ts'),
      import('../../temporal.config.ts'),
      import('../servers/lifetime.ts'),
      import('../custodian/clock.ts'),
      import('../custodian/worker.ts'),
    ]);
  const log = logOf('custodian', { json });
  const config = readTemporalConfig();
  const clock = custodianClock();
  const opened = await openAll(custodians);
  worker.installRuntime(log);
  try {
    const running = await worker.startCustodians({ custodians: opened, config, clock, log });
    for (const { custodian, recipients } of opened) {
      log.info(
        { custodian, recipient: recipients[0], taskQueue: config.taskQueues.custodians[custodian] },
        'custodian ready',
      );
    }
    process.send?.('ready');
    await Promise.race([untilStopped(), running.ended]);
    endWithin(config.worker.shutdownForceTimeMs + OVERDUE_MS, () => log.error('could not stop in time: stops at once'));
    await running.stop();
  } finally {
    await Promise.all(opened.map(({ close }) => close()));
  }
}

export function custodianCommand(): Command {
  return new Command('custodian')
    .description(
      '保管人：到投标截止后才交出份额，直至收到停止信号 / a custodian: releases shares only after the deadline; runs until a stop signal',
    )
    .addOption(new Option('--as <custodian>', '保管人，可多次给出 / which custodian; may be repeated').argParser(noted))
    .option('--json', '日志为 JSON（不在终端时默认即是） / log in JSON, as it does anyway but at a terminal')
    .addCommand(initCommand())
    .addCommand(rotateCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(showCommand())
    .addCommand(trustCommand())
    .action(async ({ json }: { json?: boolean }, command: Command) => run(named(command), json));
}
