import { CommanderError, type Command } from 'commander';
import { shownText } from './shown.ts';

const usageCode = 2;

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

interface UserError {
  code?: string | undefined;
  messageZh: string;
  messageEn: string;
  exitCode?: number | undefined;
}

function isUserError(error: unknown): error is UserError {
  const { messageZh, messageEn } = (error ?? {}) as Partial<UserError>;
  return typeof messageZh === 'string' && typeof messageEn === 'string';
}

const usageFaults: Record<string, string> = {
  'commander.unknownCommand': '没有这个命令',
  'commander.unknownOption': '没有这个选项',
  'commander.missingArgument': '缺少参数',
  'commander.optionMissingArgument': '选项缺少取值',
  'commander.missingMandatoryOptionValue': '缺少必需的选项',
  'commander.invalidArgument': '取值有误',
  'commander.excessArguments': '参数过多',
  'commander.conflictingOption': '选项互相冲突',
};

function usage(error: CommanderError): UserError {
  const messageEn = error.message.replace(/^error: /, '');
  const fault = usageFaults[error.code] ?? '用法有误';
  return {
    code: 'usage',
    messageZh: `${fault}（kaibiao --help 查看用法）：${messageEn}`,
    messageEn,
    exitCode: usageCode,
  };
}

/** Names the fields of an error, where it has any; a small program knows no names. */
type Naming = (error: unknown) => Promise<Pick<UserError, 'messageZh' | 'messageEn'> | null>;

/** One message in both languages on stderr, or as JSON if the caller requested it; a stack trace only for a defect. */
async function report(failure: unknown, asJson: boolean, named: Naming): Promise<number> {
  const error = failure instanceof CommanderError ? usage(failure) : failure;
  const userError: UserError = isUserError(error)
    ? {
        code: error.code,
        exitCode: error.exitCode,
        messageZh: error.messageZh,
        messageEn: error.messageEn,
        ...(await named(failure)),
      }
    : {
        code: 'internal',
        messageZh: '程序内部错误，请将以下内容报告给开发者',
        messageEn: 'an internal error; please report what follows to the developers',
      };
  if (asJson) {
    const { code = 'failed', messageZh, messageEn } = userError;
    process.stderr.write(`${JSON.stringify({ error: { code, messageZh, messageEn } })}\n`);
  } else {
    process.stderr.write(shownText(`错误：${userError.messageZh}\nerror: ${userError.messageEn}\n`));
  }
  if (!isUserError(error)) process.stderr.write(shownText(`${error instanceof Error ? error.stack : String(error)}\n`));
  return userError.exitCode ?? 1;
}

/** Options that every command has, said in both languages; errors are reported by `running`. */
export function inBothLanguages(root: Command): Command {
  root.helpOption('-h, --help', '帮助 / help').helpCommand('help [command]', '某一命令的帮助 / help on a command');
  for (const each of withSubcommands(root)) {
    each.exitOverride().configureOutput({ outputError: () => undefined });
    if (each !== root) each.helpOption('-h, --help', '帮助 / help');
  }
  return root;
}

/** Runs a program, and sets the exit code. */
export async function running(
  args: readonly string[],
  program: () => Promise<Command>,
  named: Naming = () => Promise.resolve(null),
): Promise<void> {
  try {
    const root = await program();
    if (args.length === 0) root.outputHelp();
    else await root.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Help and version arrive here too; with code 1 when a command was called without the subcommand it needs.
    if (error instanceof CommanderError && /^commander\.(help|version)/.test(error.code)) {
      process.exitCode = error.exitCode === 0 ? 0 : usageCode;
    } else {
      process.exitCode = await report(error, args.includes('--json'), named);
    }
  }
}
