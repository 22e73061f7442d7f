import { describe, expect, it } from 'vitest';
import { getRule } from '../../domain/law/rulebook.ts';
import { citeZh } from '../../domain/law/rule.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';

/** Each rule of the committee of a procedure, by what it is for, with its article. */
function articlesOf({ committee }: Procedure): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string' && /^(gp|works|inq|neg)-/.test(value))
      found[path] = `${value} ${citeZh(getRule(value))}`;
    else if (typeof value === 'object' && value !== null)
      for (const [key, part] of Object.entries(value)) walk(part, path === '' ? key : `${path}.${key}`);
  };
  walk(committee, '');
  return found;
}

describe('how a committee is made, by the articles', () => {
  it('of a works tender', () => {
    expect(articlesOf(TENDERING_OPEN_TENDER)).toEqual({
      random: 'works-expert-random 招标投标法实施条例第46条',
      'direct.rule': 'works-special-project 招标投标法实施条例第47条',
      secret: 'works-committee-secret 招标投标法第37条',
      beforeOpening: 'works-committee-before-opening 12号令 8(2)',
      'replacement.rule': 'works-member-replace-grounds 招标投标法实施条例 48(3)',
      'replacement.void': 'works-replaced-member-void 招标投标法实施条例第48条',
      shortfall: 'works-member-replace-grounds 招标投标法实施条例 48(3)',
      moreTime: 'works-eval-time-extension 招标投标法实施条例第48条',
      'bars.qualification': 'works-expert-qualification 招标投标法第37条',
      'bars.kin': 'works-bar-kin 12号令 12(1)(一)',
      'bars.interest': 'works-bar-interest 12号令 12(1)(三)',
      'bars.authority': 'works-bar-authority 12号令 12(1)(二)',
    });
    expect(getRule('works-committee-no-replace').article).toBe('46(2)');
  });

  it('of a government tender (财政部令87号)', () => {
    expect(articlesOf(GOVERNMENT_OPEN_TENDER)).toMatchObject({
      random: 'gp-expert-random 财政部令87号第48条',
      'direct.rule': 'gp-expert-self-selected 财政部令87号 48(2)',
      secret: 'gp-committee-secret 财政部令87号第47条',
      window: 'gp-expert-draw-window 财库〔2016〕198号第14条',
      purchaserNotLeader: 'gp-committee-leader 财政部令87号第45条',
      'replacement.rule': 'gp-committee-replacement 财政部令87号第49条',
      'bars.again': 'gp-recommittee-bar 财政部令87号 67(2)',
    });
  });

  it('of any other government procurement (财库〔2016〕198号)', () => {
    expect(articlesOf(GOVERNMENT_INQUIRY)).toEqual({
      random: 'gp-expert-random-198 财库〔2016〕198号第12条',
      'direct.rule': 'gp-expert-selfselect 财库〔2016〕198号第13条',
      secret: 'gp-expert-list-secret 财库〔2016〕198号第20条',
      window: 'gp-expert-draw-window 财库〔2016〕198号第14条',
      'replacement.rule': 'gp-expert-shortfall 财库〔2016〕198号第17条',
      shortfall: 'gp-expert-shortfall 财库〔2016〕198号第17条',
      'bars.qualification': 'gp-expert-qualify 财库〔2016〕198号第6条',
      'bars.kin': 'gp-expert-recuse 财库〔2016〕198号第16条',
      'bars.interest': 'gp-expert-recuse 财库〔2016〕198号第16条',
      'bars.recent': 'gp-recusal-3y 政府采购法实施条例第9条',
      'bars.purchaser': 'gp-expert-own-unit 财库〔2016〕198号第16条',
      'bars.agency': 'gp-agent-not-evaluator 财政部令87号第47条',
    });
  });
});
