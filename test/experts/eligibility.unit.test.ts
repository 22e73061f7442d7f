import { describe, expect, it } from 'vitest';
import { conflictsWith, exclusionsOf, type EligibilityFacts } from '../../domain/experts/eligibility.ts';
import type { Expert, Tie } from '../../domain/experts/expert.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';

const EXPERT: Expert = {
  id: 'e1',
  number: 'E1',
  name: '王某',
  fields: ['A08'],
  region: '420100',
  employer: { name: '某设计院', creditCode: 'DESIGN' },
  credentials: [{ title: '高级工程师', number: '1', validUntil: null }],
  ties: [],
  suspension: null,
};
const FACTS: EligibilityFacts = {
  on: '2026-12-24',
  fields: ['A08', 'B01'],
  regions: null,
  purchaserCode: 'HOSPITAL',
  agencyCode: 'AGENCY',
  authorityCodes: ['AUTHORITY'],
  bidderCodes: ['BIDDER'],
  barred: new Set(),
};
const tie = (kind: Tie['kind'], until: string | null = null): Tie[] => [
  { kind, creditCode: 'BIDDER', name: '某公司', until },
];

type Row = [
  what: string,
  expert: Partial<Expert>,
  facts: Partial<EligibilityFacts>,
  government: unknown,
  works: unknown,
];
const why = (code: string, rule: string | null) => [{ code, rule }];

describe('who is not drawn, and why', () => {
  it.each<Row>([
    ['nothing against him', {}, {}, [], []],
    ['another field', { fields: ['C03'] }, {}, why('field', null), why('field', null)],
    ['another region', {}, { regions: ['420500'] }, why('region', null), why('region', null)],
    [
      'no region where one is asked',
      { region: null },
      { regions: ['420100'] },
      why('region', null),
      why('region', null),
    ],
    // 财库〔2016〕198号 16, 87令 47(3); no article for works: excluded all the same.
    [
      'staff of the purchaser',
      { employer: { name: '医院', creditCode: 'HOSPITAL' } },
      {},
      why('purchaser', 'gp-expert-own-unit-87'),
      why('purchaser', null),
    ],
    [
      'staff of the agency',
      { employer: { name: '代理', creditCode: 'AGENCY' } },
      {},
      why('agency', 'gp-agent-not-evaluator'),
      why('agency', null),
    ],
    // 12号令 12(二).
    [
      'staff of an authority',
      { employer: { name: '住建局', creditCode: 'AUTHORITY' } },
      {},
      why('authority', null),
      why('authority', 'works-bar-authority'),
    ],
    ['no known employer', { employer: { name: '自由职业', creditCode: null } }, { agencyCode: null }, [], []],
    [
      'a bidder employs him',
      { employer: { name: '某公司', creditCode: 'BIDDER' } },
      {},
      why('recent', 'gp-recusal-3y'),
      why('recent', 'works-bar-interest'),
    ],
    // 条例 9: within three years before; the third anniversary itself is within.
    [
      'employed until three years before',
      { ties: tie('employment', '2023-12-24') },
      {},
      why('recent', 'gp-recusal-3y'),
      [],
    ],
    ['employed until a day earlier', { ties: tie('employment', '2023-12-23') }, {}, [], []],
    ['a director', { ties: tie('office') }, {}, why('recent', 'gp-recusal-3y'), why('recent', 'works-bar-interest')],
    ['held its shares last year', { ties: tie('holding', '2025-12-31') }, {}, why('recent', 'gp-recusal-3y'), []],
    ['kin of its head', { ties: tie('kin') }, {}, why('kin', 'gp-expert-recuse'), why('kin', 'works-bar-kin')],
    [
      'another interest',
      { ties: tie('interest') },
      {},
      why('interest', 'gp-expert-recuse'),
      why('interest', 'works-bar-interest'),
    ],
    ['before the opening nobody knows who bids', { ties: tie('kin') }, { bidderCodes: null }, [], []],
    [
      'suspended',
      { suspension: { from: '2026-12-01', until: '2026-12-24', reasonZh: '迟到' } },
      {},
      why('suspended', null),
      why('suspended', null),
    ],
    [
      'suspended until the day before',
      { suspension: { from: '2026-12-01', until: '2026-12-23', reasonZh: '迟到' } },
      {},
      [],
      [],
    ],
    ['suspended from the day after', { suspension: { from: '2026-12-25', until: null, reasonZh: '迟到' } }, {}, [], []],
    [
      'his credential has expired',
      { credentials: [{ title: '高级工程师', number: '1', validUntil: '2026-12-23' }] },
      {},
      why('credential', 'gp-expert-qualify'),
      why('credential', 'works-expert-qualification'),
    ],
    [
      'one of two is valid',
      {
        credentials: [
          { title: '甲', number: null, validUntil: '2020-01-01' },
          { title: '乙', number: null, validUntil: '2026-12-24' },
        ],
      },
      {},
      [],
      [],
    ],
    // 87令 67(2).
    [
      'a member of the committee before',
      {},
      { barred: new Set(['e1']) },
      why('earlier-member', 'gp-recommittee-bar'),
      why('earlier-member', null),
    ],
  ])('%s', (_, expert, facts, government, works) => {
    const [who, of] = [
      { ...EXPERT, ...expert },
      { ...FACTS, ...facts },
    ];
    expect(exclusionsOf(who, of, GOVERNMENT_OPEN_TENDER.committee)).toEqual(government);
    expect(exclusionsOf(who, of, TENDERING_OPEN_TENDER.committee)).toEqual(works);
  });

  it('all reasons are given, and not only the first', () => {
    const expert = { ...EXPERT, fields: ['C03'], employer: { name: '医院', creditCode: 'HOSPITAL' }, credentials: [] };
    expect(exclusionsOf(expert, FACTS, GOVERNMENT_OPEN_TENDER.committee).map(({ code }) => code)).toEqual([
      'field',
      'credential',
      'purchaser',
    ]);
  });

  it('once the bidders are known, only what they give is a conflict', () => {
    const expert = { ...EXPERT, fields: ['C03'], ties: tie('kin') };
    expect(conflictsWith(expert, FACTS, GOVERNMENT_OPEN_TENDER.committee)).toEqual(why('kin', 'gp-expert-recuse'));
  });
});
