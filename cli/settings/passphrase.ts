import { existsSync, readFileSync } from 'node:fs';
import { badSetting, CommandFailure } from './failure.ts';
import { refuseOpen } from './secrets.ts';

/** Where a passphrase is read from: a file, else the terminal. */
export interface PassphraseSource {
  readonly file: string | undefined;
  /** The option or setting that names the file. */
  readonly named: string;
  readonly question: { readonly zh: string; readonly en: string };
}

/** A thief of the file could guess a shorter one, however slow each attempt is made. */
const SHORTEST = 12;

/** @throws CommandFailure `bad-setting`, `secret-file`, `no-passphrase` */
export async function readPassphrase({ file, named, question }: PassphraseSource): Promise<string> {
  if (file === undefined) return ask(question);
  if (!existsSync(file)) throw badSetting(`${named} 所指文件 ${file} 不存在`, `there is no file ${file} (${named})`);
  refuseOpen(file);
  const text = readFileSync(file, 'utf8').trim();
  if (text === '') throw badSetting(`${named} 所指文件 ${file} 是空的`, `the file ${file} (${named}) is empty`);
  return text;
}

/** A new passphrase: long enough, and typed twice. @throws CommandFailure */
export async function newPassphrase(source: PassphraseSource): Promise<string> {
  const passphrase = await readPassphrase(source);
  if (passphrase.length < SHORTEST) {
    throw new CommandFailure('weak-passphrase', {
      zh: `口令至少 ${SHORTEST} 个字符`,
      en: `the passphrase needs at least ${SHORTEST} characters`,
    });
  }
  if (source.file === undefined && (await ask({ zh: '再输一次', en: 'repeat it' })) !== passphrase) {
    throw new CommandFailure('passphrase-differs', {
      zh: '两次输入不同，什么都没有写入',
      en: 'the two differ; nothing was written',
    });
  }
  return passphrase;
}

/** From the terminal, without echo. */
async function ask({ zh, en }: { readonly zh: string; readonly en: string }): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    throw new CommandFailure(
      'no-passphrase',
      {
        zh: `没有终端可以输入口令（${zh}）：请用 --passphrase-file 或 KAIBIAO_CUSTODIAN_PASSPHRASE_FILE 指定文件`,
        en: `no terminal to read a passphrase from (${en}): name a file with --passphrase-file or KAIBIAO_CUSTODIAN_PASSPHRASE_FILE`,
      },
      { exitCode: 2 },
    );
  }
  stderr.write(`${zh} / ${en}: `);
  stdin.setRawMode(true);
  stdin.resume();
  stdin.setEncoding('utf8');
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = '';
      const onData = (chunk: string): void => {
        for (const key of chunk) {
          if (key === '\r' || key === '\n' || key === '\u0004') {
            stdin.off('data', onData);
            resolve(typed);
            return;
          }
          if (key === '\u0003') {
            stdin.off('data', onData);
            reject(new CommandFailure('interrupted', { zh: '已中断', en: 'interrupted' }));
            return;
          }
          typed = key === '\u007f' || key === '\b' ? [...typed].slice(0, -1).join('') : typed + key;
        }
      };
      stdin.on('data', onData);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
