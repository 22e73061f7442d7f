import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { expect, it, vi } from 'vitest';
import { namedError } from '../../cli/named.ts';
import { inBothLanguages, running } from '../../cli/running.ts';
import { CommandFailure } from '../../cli/settings/failure.ts';
import { assertOneSide } from '../../domain/accounts/sides.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
import { assertWithinDuties } from '../../domain/organisations/duties.ts';
import { procedureOf } from '../../domain/procedures/index.ts';
import { readTemporalConfig } from '../../temporal.config.ts';

it('an option is told with the values that it can have, in Chinese too', () => {
  const message = (option: string, given: string, choices: string) =>
    `error: option '${option}' argument '${given}' is invalid. Allowed choices are ${choices}.`;
  const refused = (option: string, given: string, choices: string) =>
    namedError(new CommanderError(1, 'commander.invalidArgument', message(option, given, choices)))?.messageZh;
  expect(refused('--kind <kind>', '工程类', 'works, goods, services')).toBe(
    '选项 --kind（项目类别）应为下列之一：works（工程）、goods（货物）、services（服务）；收到的是「工程类」',
  );
  expect(refused('--regime <regime>', 'x', 'tendering, government')).toContain('government（政府采购法）');
  expect(refused('-f, --format <format>', 'x', 'jsonl, csv')).toBe(
    '选项 --format 应为下列之一：jsonl、csv；收到的是「x」',
  );
  expect(namedError(new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"))).toBeNull();
});

it.each([
  ['unknown command', ['nearby'], '没有这个命令（kaibiao --help 查看用法）：nearby；是否要写 near？'],
  [
    'unknown option',
    ['near', '--days', '1', '--dayz', '1', 'x'],
    '没有这个选项（kaibiao --help 查看用法）：--dayz；是否要写 --days？',
  ],
  ['an option without its value', ['near', '--days'], '选项缺少取值（kaibiao --help 查看用法）：--days <n>'],
  ['an option that is needed', ['near', 'x'], '缺少必需的选项（kaibiao --help 查看用法）：--days <n>'],
  ['an argument that is needed', ['near', '--days', '1'], '缺少参数（kaibiao --help 查看用法）：file'],
  [
    'too many arguments',
    ['near', '--days', '1', 'x', 'y'],
    '参数过多（kaibiao --help 查看用法）：near 至多 1 个，收到 2 个',
  ],
  ['a value', ['near', '--days', '甲'], '选项 --days <n> 的取值有误：应为整数；收到的是「甲」'],
  ['a value of an argument', ['near', '--days', '1', 'bad'], '参数 file 的取值有误：应为文件；收到的是「bad」'],
  [
    'two that exclude each other',
    ['near', '--days', '1', '-a', '-b', 'x'],
    '选项互相冲突（kaibiao --help 查看用法）：-b 不能与 -a 同用',
  ],
])('a wrong call is told in Chinese, whole: %s', async (_what, args, messageZh) => {
  const refuse = (why: string) => () => {
    throw new InvalidArgumentError(why);
  };
  const whole = (text: string) => (/^\d+$/.test(text) ? Number(text) : refuse('应为整数 / a whole number')());
  const near = new Command('near')
    .argument('<file>', '', (text) => (text === 'bad' ? refuse('应为文件 / a file')() : text))
    .requiredOption('--days <n>', '', whole)
    .option('-a')
    .addOption(new Option('-b').conflicts('a'));
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await running(args, () => Promise.resolve(inBothLanguages(new Command('kaibiao').addCommand(near))));
  const said = write.mock.calls.map(([text]) => String(text)).join('');
  write.mockRestore();
  process.exitCode = undefined;
  expect(said.split('\nerror: ')[0]).toBe(`错误：${messageZh}`);
  expect(said.split('\nerror: ')[1]).not.toMatch(/应为|undefined/);
});

it('values are called in Chinese what people call them, in a sentence', () => {
  const told = (refuse: () => unknown): string => {
    try {
      refuse();
    } catch (error) {
      return (error as DomainError).messageZh;
    }
    return '';
  };
  const held = { organisationId: 'a', role: 'purchaser' } as const;
  expect(told(() => assertOneSide([held], { organisationId: 'b', role: 'supplier' }))).toBe(
    '一人不能同时为“招标人（采购人）”与“供应商（投标人）”：“供应商（投标人）”之外只能另有：供应商（投标人）',
  );
  const office = { id: 'a', name: '某办', duties: ['office', 'supervisor'] as const };
  expect(told(() => assertWithinDuties(office, ['agency'], 'role'))).toBe(
    '“某办”的职责（管理办公室、行政监督部门）不含“代理机构”，而其人员承担或将承担该角色',
  );
  expect(told(() => procedureOf({ regime: 'government', procedure: 'auction' }))).toMatch(
    /^尚不支持编排该采购方式的时间表：政府采购法的拍卖；目前支持：招标投标法的公开招标、[^a-z]*$/,
  );
});

it('the errors of several fields are told with their names, also below what a command makes of them', () => {
  const issue = {
    field: 'rates.0.until',
    rule: 'until',
    messageZh: '早于首日',
    messageEn: 'It is before the first day',
  };
  const error = badInput([issue]);
  const told = '第1个利率的利率末日（rates[0].until）：早于首日';
  expect(namedError(error)?.messageZh).toBe(told);
  const wrapped = new CommandFailure('bad-input', { zh: error.messageZh, en: error.messageEn }, { cause: error });
  expect(namedError(wrapped)?.messageZh).toBe(told);
  expect(namedError(new DomainError('not-found', { messageZh: '没有', messageEn: 'None' }))).toBeNull();
});

it('a setting is told in Chinese with what came, and a key never', () => {
  const refused = (env: NodeJS.ProcessEnv): string => {
    try {
      readTemporalConfig(env);
    } catch (error) {
      return (error as { messageZh: string }).messageZh;
    }
    return '';
  };
  expect(refused({ TEMPORAL_ADDRESS: 'temporal' })).toBe(
    '环境变量有误：TEMPORAL_ADDRESS 应为 主机:端口；收到的是「temporal」',
  );
  expect(refused({ TEMPORAL_RETENTION_DAYS: '三个月', TEMPORAL_TLS: 'on' })).toBe(
    '环境变量有误：TEMPORAL_RETENTION_DAYS 应为 1 至 3650 的整数；收到的是「三个月」；TEMPORAL_TLS 应为 true 或 false；收到的是「on」',
  );
  expect(refused({ KAIBIAO_PAYLOAD_KEYS: 'first:not-a-key' })).toMatch(/第 1 项应为/);
  expect(refused({ KAIBIAO_PAYLOAD_KEYS: 'first:not-a-key' })).not.toContain('not-a-key');
});
