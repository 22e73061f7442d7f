import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { badInput } from '../../domain/issues.ts';

/** What people here choose, which the lists of the library do not have. */
const LOCAL = [
  ...['kaibiao', 'zhaobiao', 'toubiao', 'caigou', 'zhongbiao', 'pingbiao', 'gongying', 'jiaoyi', 'zhongxin'],
  ...['woaini', 'woaini1314', '5201314', '1314520', '1314', '520', 'zhongguo', 'beijing', 'wuhan', 'hubei'],
];

/** Of 0 to 4: at 3, some 100 million guesses are needed. */
const MIN_SCORE = 3;
/** What is longer is judged by its beginning: the judgement takes longer with the length. */
const JUDGED = 64;

let judge: Promise<ZxcvbnFactory> | undefined;

/** The lists take as much memory as the rest of the sign-in: they are loaded when somebody chooses a password. */
async function loadJudge(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, { adjacencyGraphs, dictionary: common }, { dictionary: english }] =
    await Promise.all([
      import('@zxcvbn-ts/core'),
      import('@zxcvbn-ts/language-common'),
      import('@zxcvbn-ts/language-en'),
    ]);
  return new Factory({ dictionary: { ...common, ...english }, graphs: adjacencyGraphs });
}

/**
 * @param about the person’s own names, which are the first that others guess
 * @throws DomainError `bad-input` for a password that is in a list of common ones, or is made of such, of names, runs and
 *   repetitions
 */
export async function assertHardToGuess(password: string, about: readonly string[]): Promise<void> {
  const { score } = (await (judge ??= loadJudge())).check(password.slice(0, JUDGED), [...about, ...LOCAL]);
  if (score >= MIN_SCORE) return;
  throw badInput([
    {
      field: 'newPassword',
      rule: 'hard-to-guess',
      messageZh:
        '密码太容易被猜到：不要用常见密码、姓名、连续或重复的字符；可用几个互不相关的词，或密码管理器生成的密码',
      messageEn:
        'The password is too easy to guess: no common passwords, names, runs or repetitions; use several unrelated words, or one that a password manager generates',
    },
  ]);
}
