import { expect, it } from 'vitest';
import { withProgress } from '../../cli/servers/progress.ts';

/** Work that takes a minute and a half, by a clock that the test moves, and what is shown of it. */
async function shown(isTTY: boolean, failure?: Error) {
  const [lines, written]: [string[], string[]] = [[], []];
  let now = 0;
  let [tick, everyMs]: [() => void, number] = [() => undefined, 0];
  let megabytes = 0;
  const work = async () => {
    for (; now < 90_000 - everyMs; megabytes += 5) {
      now += everyMs;
      tick();
    }
    now = 90_000;
    if (failure) throw failure;
    return 'done';
  };
  const clock = {
    now: () => now,
    repeat: (called: () => void, ms: number) => {
      [tick, everyMs] = [called, ms];
      return () => (tick = () => lines.push('ticks after its end'));
    },
  };
  const terminal = { isTTY, write: (text: string) => written.push(text) };
  const progress = { title: '下载 / downloading', detail: () => `${megabytes} MB` };
  const answer = withProgress(progress, (line) => void lines.push(line), work, { terminal, clock });
  return { answer: await answer.catch((error: unknown) => error), lines, written };
}

it('what takes minutes is reported at the start, every 30 s and at the end', async () => {
  const { answer, lines, written } = await shown(false);
  expect(answer).toBe('done');
  expect(lines).toEqual([
    '  下载 / downloading: 0 MB, 0 s',
    '  下载 / downloading: 0 MB, 30 s',
    '  下载 / downloading: 5 MB, 60 s',
    '  下载 / downloading: 10 MB, 90 s',
  ]);
  expect(written).toEqual([]);
});

it('on a terminal it is one line, written over each second', async () => {
  const { answer, lines, written } = await shown(true);
  expect(answer).toBe('done');
  expect(lines).toEqual([]);
  const output = written.join('');
  expect(output.split('\n')).toHaveLength(2);
  const drawn = output.trimEnd().split('\r\x1b[K').slice(1);
  expect(drawn).toHaveLength(91);
  expect([drawn[0], drawn[1], drawn.at(-1)]).toEqual([
    '  下载 / downloading: 0 MB, 0 s',
    '  下载 / downloading: 0 MB, 1 s',
    '  下载 / downloading: 445 MB, 90 s',
  ]);
});

it('what fails ends its line all the same', async () => {
  const failure = new Error('no route to host');
  const { answer, written } = await shown(true, failure);
  expect(answer).toBe(failure);
  expect(written.at(-1)).toBe('\n');
});
