/** A failure that the user can fix: reported in both languages, without a stack trace. */
export class CommandFailure extends Error {
  readonly code: string;
  readonly messageZh: string;
  readonly messageEn: string;
  /** 1: a finding or a failure; 2: wrong usage. */
  readonly exitCode: 1 | 2;

  constructor(code: string, text: { zh: string; en: string }, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(text.en, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CommandFailure';
    this.code = code;
    this.messageZh = text.zh;
    this.messageEn = text.en;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A file named by the user that cannot be used: nothing of it is imported. */
export const badFile = (zh: string, en: string, cause?: unknown): CommandFailure =>
  new CommandFailure('bad-input', { zh, en }, { exitCode: 2, cause });

/** A setting, or a file named by a setting, that cannot be used. */
export const badSetting = (zh: string, en: string): CommandFailure =>
  new CommandFailure('bad-setting', { zh, en }, { exitCode: 2 });
