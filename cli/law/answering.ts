import { Option } from 'commander';
import { DomainError } from '../../domain/errors.ts';
import { FileFault } from '../../imports/file-fault.ts';
import { badFile, CommandFailure } from '../settings/failure.ts';

const BAD_INPUT = 2;

/** Errors of the domain, and unreadable files, are wrong input: exit code 2. */
export function answering<Args extends unknown[]>(
  action: (...args: Args) => void | Promise<void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (error) {
      if (error instanceof FileFault) throw badFile(error.messageZh, error.messageEn, error);
      if (!(error instanceof DomainError)) throw error;
      const text = { zh: error.messageZh, en: error.messageEn };
      throw new CommandFailure(error.code, text, { exitCode: BAD_INPUT, cause: error });
    }
  };
}

export function badInput(zh: string, en: string): CommandFailure {
  return new CommandFailure('bad-input', { zh, en }, { exitCode: BAD_INPUT });
}

export const json = (): Option => new Option('--json', '输出 JSON / print JSON');

export const CONFIRM = [
  '--confirm <ids...>',
  '经确认有约束力的 RECALLED 规则 / RECALLED rules confirmed as binding',
] as const;
