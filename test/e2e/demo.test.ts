import { describe, expect, it } from 'vitest';
import { INVITED, playedExamples } from '../../cli/demo/example.ts';
import { kaibiao } from '../setup/servers/serve-process.ts';

interface Demo {
  readonly lawful: boolean;
  readonly faults: readonly string[];
  readonly docs: string;
  readonly temporalUiUrl: string | null;
  readonly outcomes: readonly {
    readonly title: string;
    readonly lots: Readonly<Record<string, string>>;
    readonly timeline: readonly { key: string; lotNo: number; actualAt: string | null; state: string }[];
    readonly notices: readonly { kind: string; lotNo: number }[];
  }[];
}

describe('the demo, run after a fresh installation', () => {
  it('plays its tenders through the public API, with --all also those that begin with invitations, and finds the outcome lawful', async () => {
    const { code, stdout, stderr } = await kaibiao(['demo', '--all', '--json'], process.env, 560_000);
    expect(code, stderr).toBe(0);
    const { lawful, faults, docs, temporalUiUrl, outcomes } = JSON.parse(stdout) as Demo;
    expect({ lawful, faults }).toEqual({ lawful: true, faults: [] });
    expect(docs).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/docs$/);
    expect(temporalUiUrl).toMatch(/^http:/);
    expect(outcomes.slice(0, 2).map(({ lots }) => lots)).toEqual([
      { 1: 'archived' },
      { 1: 'archived', 2: 'archived', 3: 'failed' },
    ]);
    const [goods, works] = outcomes;
    expect(goods?.timeline.find(({ key, lotNo }) => key === 'award' && lotNo === 1)).toMatchObject({ state: 'deemed' });
    expect(works?.notices.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'tender',
        'amendment',
        'lot-failed',
        'candidates',
        'grievance-reply',
        'award',
        'contract',
      ]),
    );
    // The acts of the people are printed as they happen.
    expect(stderr).toMatch(/逾期投标被拒/);
    expect(stderr).toMatch(/公示暂停/);
    // A whole evaluation: one is replaced, a price is too low, two are equal, one dissents, and the losers recompute it.
    for (const told of ['专家回避', '异常低价', '得分相同', '保留意见', '得分说明，全部相符'])
      expect(stderr).toContain(told);
    // Nothing that is expected is told as a fault.
    expect(stderr).not.toContain('activity failed');
    const kinds = outcomes.slice(2).map(({ notices }) => notices.map(({ kind }) => kind));
    expect(kinds).toEqual([
      ['invitation', 'opening-record', 'candidates', 'award', 'contract'],
      ['invitation', 'opening-record', 'award', 'contract'],
      ['invitation', 'opening-record', 'award', 'contract'],
    ]);
    expect(stderr).toMatch(/第二次报价被拒/);
  }, 600_000);

  it('without --all plays the two open tenders', () => {
    expect(playedExamples(false)).toEqual({ open: ['goods-a003', 'works-b005'], invited: [] });
    expect(playedExamples(true)).toEqual({ open: ['goods-a003', 'works-b005'], invited: INVITED });
  });
});
