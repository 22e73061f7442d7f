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

const HELP = 'kaibiao --help 查看用法';

/** What commander says, and how it is said in Chinese; what an option says of its value has both languages. */
const USAGE: readonly (readonly [RegExp, (found: readonly string[]) => string])[] = [
  [/^unknown command '(.*?)'/s, ([given]) => `没有这个命令（${HELP}）：${given}`],
  [/^unknown option '(.*?)'/s, ([given]) => `没有这个选项（${HELP}）：${given}`],
  [/^missing required argument '(.*?)'/s, ([name]) => `缺少参数（${HELP}）：${name}`],
  [/^option '(.*?)' argument missing/s, ([option]) => `选项缺少取值（${HELP}）：${option}`],
  [/^required option '(.*?)' not specified/s, ([option]) => `缺少必需的选项（${HELP}）：${option}`],
  [
    /^option '(.*?)' argument '(.*)' is invalid\.\s*(.*)$/s,
    ([option, given, why = '']) => `选项 ${option} 的取值有误：${said(why)}；收到的是「${given}」`,
  ],
  [
    /^command-argument value '(.*)' is invalid for argument '(.*?)'\.\s*(.*)$/s,
    ([given, name, why = '']) => `参数 ${name} 的取值有误：${said(why)}；收到的是「${given}」`,
  ],
  [
    /^too many arguments(?: for '(.*?)')?\. Expected (\d+) arguments? but got (\d+)/s,
    ([command, most, given]) => `参数过多（${HELP}）：${command ? `${command} ` : ''}至多 ${most} 个，收到 ${given} 个`,
  ],
  [
    /^option '(.*?)' cannot be used with option '(.*?)'/s,
    ([one, other]) => `选项互相冲突（${HELP}）：${one} 不能与 ${other} 同用`,
  ],
];

/** The Chinese of `中文 / English`, and of a list of choices. */
function said(why: string): string {
  const [, choices] = /^Allowed choices are (.*)\.$/s.exec(why) ?? [];
  return choices === undefined ? (why.split(' / ')[0] ?? '') : `应为下列之一：${choices.replaceAll(', ', '、')}`;
}

function usage(error: CommanderError): UserError {
  const message = error.message.replace(/^error: /, '');
  const nearest = /\(Did you mean (?:one of )?(.*?)\?\)/s.exec(message)?.[1];
  let messageZh = `用法有误（${HELP}）：${message}`;
  for (const [form, inChinese] of USAGE) {
    const found = form.exec(message);
    if (found)
      messageZh = inChinese(found.slice(1)) + (nearest ? `；是否要写 ${nearest.replaceAll(', ', '、')}？` : '');
  }
  // The English half of what an option says.
  const messageEn = message.replace(/(?<=is invalid.*\. )[^/]*\p{Script=Han}[^/]* \/ /su, '');
  return { code: 'usage', messageZh, messageEn, exitCode: usageCode };
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
