import { CommanderError } from 'commander';
import { expect, it } from 'vitest';
import { namedError } from '../../cli/named.ts';
import { CommandFailure } from '../../cli/settings/failure.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput } from '../../domain/issues.ts';
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
