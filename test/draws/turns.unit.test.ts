import { expect, it } from 'vitest';
import { turnOf } from '../../domain/draws/turns.ts';
import type { DrawParty } from '../../domain/draws/terms.ts';

const terms = { commitUntil: 100, firstRevealUntil: 200, revealUntil: 300 };
const gave = (party: DrawParty, revealedAt: number | null = null) => ({ party, revealedAt });

it('each party commits itself once, until its time is over', () => {
  const draw = { state: 'committing', terms } as const;
  expect(turnOf(draw, [], 'supervisor', 100)).toEqual({ act: 'commit', until: 100 });
  expect(turnOf(draw, [gave('centre')], 'centre', 50)).toBeNull();
  expect(turnOf(draw, [], 'supervisor', 101)).toBeNull();
});

it('the centre hands its part in first, the others after it, or once its time is over', () => {
  const draw = { state: 'revealing', terms } as const;
  const all = [gave('centre'), gave('purchaser')];
  expect(turnOf(draw, all, 'centre', 150)).toEqual({ act: 'reveal', until: 200 });
  expect(turnOf(draw, all, 'centre', 201)).toBeNull();
  expect(turnOf(draw, all, 'purchaser', 150)).toBeNull();
  expect(turnOf(draw, all, 'purchaser', 201)).toEqual({ act: 'reveal', until: 300 });
  const after = [gave('centre', 150), gave('purchaser', 160)];
  expect(turnOf(draw, [gave('centre', 150), gave('purchaser')], 'purchaser', 150)?.until).toBe(300);
  expect(turnOf(draw, after, 'purchaser', 170)).toBeNull();
});

it('who has not committed itself has no part to hand in, and nothing is given to a draw that was drawn', () => {
  expect(turnOf({ state: 'revealing', terms }, [gave('centre')], 'supervisor', 201)).toBeNull();
  expect(turnOf({ state: 'calling', terms }, [gave('centre')], 'centre', 150)).toBeNull();
});
