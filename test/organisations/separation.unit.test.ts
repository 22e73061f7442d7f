import { describe, expect, it } from 'vitest';
import { judgeSeparation } from '../../cli/doctor/separation.ts';
import type { Role } from '../../domain/roles.ts';
import {
  collisionsOf,
  type Body,
  type Identity,
  type Level,
  type Nature,
} from '../../domain/organisations/separation.ts';

const identity = (nature: Nature, level: Level, ...plates: Nature[]): Identity => ({
  ...{ nature, level },
  plates: plates.map((each) => ({ nameZh: '某牌子', nature: each })),
});
const body = (id: string, is: Identity | null, duties: Role[], reportsTo: string | null = null): Body => ({
  ...{ id, name: id, identity: is, duties, reportsTo },
});
const found = (...bodies: Body[]) => collisionsOf(bodies).map(({ rule, bodies: ids }) => [rule, ...ids]);

const cityGovernment = body('市政府', identity('administration', 'city'), []);
const cityCentre = body('市交易中心', identity('venue', 'city'), ['centre'], '市政府');
const office = body('区公管办', identity('administration', 'district'), ['office']);

describe('identity, duty and reporting line', () => {
  it('a city’s centre and its branch in a district collide with nothing', () => {
    const branch = body('市交易中心分中心', identity('venue', 'district'), ['centre'], '市交易中心');
    const finance = body('区财政局', identity('administration', 'district'), ['supervisor']);
    expect(found(cityGovernment, cityCentre, branch, finance, office)).toEqual([]);
  });

  it('a venue may not be subordinate to a body that supervises, however far up (招标投标法实施条例 5)', () => {
    const between = body('区事务局', null, [], '区公管办');
    const centre = body('分中心', identity('venue', 'city'), ['centre'], '区事务局');
    expect(found(office, between, centre)).toEqual([['sep-venue-not-subordinate', '分中心', '区公管办']]);
    const bureau = body('住建局', null, ['supervisor']);
    expect(found(bureau, { ...centre, reportsTo: '住建局' })).toEqual([
      ['sep-venue-not-subordinate', '分中心', '住建局'],
    ]);
  });

  it('a district has no venue of its own: 设区的市级以上 (招标投标法实施条例 5)', () => {
    expect(found(body('区交易中心', identity('venue', 'district'), ['centre']))).toEqual([
      ['sep-venue-not-subordinate', '区交易中心'],
    ]);
    for (const level of ['national', 'province', 'city'] as const) {
      expect(found(body('交易中心', identity('venue', level), ['centre']))).toEqual([]);
    }
  });

  it('a district sets up no centralised purchasing body, under its name or another’s (政府采购法实施条例 12)', () => {
    const plated = body('区分中心', identity('venue', 'district', 'centralised-purchaser'), ['centre'], '市交易中心');
    expect(found(cityCentre, plated)).toEqual([['sep-gp-centre-city-level', '区分中心']]);
    expect(found(body('市采购中心', identity('centralised-purchaser', 'city'), []))).toEqual([]);
  });

  it('who supervises purchasing neither sets up an agency nor carries purchases out (政府采购法 60)', () => {
    const finance = body('财政局', identity('administration', 'city'), ['supervisor']);
    const purchaser = body('采购中心', identity('centralised-purchaser', 'city'), [], '财政局');
    expect(found(finance, purchaser)).toEqual([['sep-gp-supervisor', '采购中心', '财政局']]);
    expect(found({ ...finance, duties: ['supervisor', 'agency'] })).toEqual([['sep-gp-supervisor', '财政局']]);
    expect(found(finance, body('代理公司', identity('agency-firm', 'city'), ['agency']))).toEqual([]);
  });

  it('who runs the platform does not supervise (公共资源交易平台管理暂行办法 18)', () => {
    expect(found(body('中心', identity('venue', 'city'), ['centre', 'office']))).toEqual([
      ['plat-operator-prohibitions', '中心'],
    ]);
  });

  it('the plan of the zone in 2017, as it was written, is reported in full', () => {
    const centre = body(
      '区公共资源交易中心',
      identity('venue', 'district', 'centralised-purchaser'),
      ['centre'],
      '区公管办',
    );
    expect(
      found(office, centre)
        .map(([rule]) => rule)
        .sort(),
    ).toEqual([
      'sep-gp-centre-city-level',
      'sep-gp-supervisor',
      'sep-venue-not-subordinate',
      'sep-venue-not-subordinate',
    ]);
  });

  it('nothing recorded, nothing inferred; a circle of lines ends', () => {
    expect(found(body('区公共资源交易中心', null, []))).toEqual([]);
    expect(
      found(body('甲', identity('venue', 'city'), ['centre'], '乙'), body('乙', null, ['supervisor'], '甲')),
    ).toEqual([['sep-venue-not-subordinate', '甲', '乙']]);
  });

  it('the doctor warns with the article and never fails for it', () => {
    const centre = body('区交易中心', identity('venue', 'district'), ['centre'], '区公管办');
    const bodies = [office, centre];
    const verdict = judgeSeparation({ bodies, collisions: collisionsOf(bodies) });
    expect(verdict.ok).toBe('warn');
    expect(verdict.detailZh).toContain('招标投标法实施条例 5');
    expect(verdict.mend?.zh).toContain('standing');
    expect(judgeSeparation({ bodies: [office], collisions: [] }).ok).toBe('ok');
  });
});
