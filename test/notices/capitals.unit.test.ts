import { expect, it } from 'vitest';
import { readAmountFen } from '../../domain/amounts.ts';
import { capitalsOf } from '../../domain/capitals.ts';

it('writes amounts in capitals as documents do', () => {
  expect(
    [125_000_000, 10_500_00, 1_409_50, 6_007_14, 1_680_32, 107_000_53, 16_409_02, 325_04, 5, 10, 0].map((fen) =>
      capitalsOf(fen),
    ),
  ).toEqual([
    '人民币壹佰贰拾伍万元整',
    '人民币壹万零伍佰元整',
    '人民币壹仟肆佰零玖元伍角整',
    '人民币陆仟零柒元壹角肆分',
    '人民币壹仟陆佰捌拾元叁角贰分',
    // Of 万位 that is 0 the rule lets one write 零 or not.
    '人民币壹拾万柒仟元伍角叁分',
    '人民币壹万陆仟肆佰零玖元零贰分',
    '人民币叁佰贰拾伍元零肆分',
    '人民币伍分',
    '人民币壹角整',
    '人民币零元整',
  ]);
});

it('what it writes is read as the same amount', () => {
  let seed = 7;
  for (let n = 0; n < 3_000; n += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const fen = (seed * 997) % 10 ** (1 + (n % 13));
    expect([fen, readAmountFen(capitalsOf(fen))]).toEqual([fen, fen]);
  }
});
