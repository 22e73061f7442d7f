import { getRule, type RuleId } from '../law/rulebook.ts';
import type { Role } from '../roles.ts';

// What an organisation is, what it does here and whom it reports to are three things (管办分离). A district's plan may
// join what higher law keeps apart: it is recorded as it is and reported; a person decides.

/** 行政机关, 交易场所, 集中采购机构, 社会代理机构, 其他. */
export const NATURES = ['administration', 'venue', 'centralised-purchaser', 'agency-firm', 'other'] as const;
export type Nature = (typeof NATURES)[number];

/** 国家级, 省级, 设区的市级, 县（区）级; the highest first. */
export const LEVELS = ['national', 'province', 'city', 'district'] as const;
export type Level = (typeof LEVELS)[number];

/** What it is (身份), by its founding document, with the other names it uses (加挂牌子). */
export interface Identity {
  readonly nature: Nature;
  readonly level: Level;
  readonly plates: readonly { readonly nameZh: string; readonly nature: Nature }[];
}

export interface Body {
  readonly id: string;
  readonly name: string;
  /** null: not recorded. */
  readonly identity: Identity | null;
  /** What it may do here, and what its people do (职责). */
  readonly duties: readonly Role[];
  /** The body it belongs to (隶属); null where there is none, or none recorded. */
  readonly reportsTo: string | null;
}

export interface Collision {
  readonly rule: RuleId;
  readonly law: string;
  readonly article: string;
  /** Ids; the organisation that would have to change comes first. */
  readonly bodies: readonly string[];
  readonly messageZh: string;
  readonly messageEn: string;
}

const SUPERVISING: readonly Role[] = ['supervisor', 'office'];
const natures = ({ identity }: Body): Nature[] =>
  identity === null ? [] : [identity.nature, ...identity.plates.map(({ nature }) => nature)];
const isVenue = (body: Body): boolean => body.duties.includes('centre') || natures(body).includes('venue');
const supervises = ({ duties }: Body): boolean => duties.some((duty) => SUPERVISING.includes(duty));
const isDistrict = ({ identity }: Body): boolean => identity?.level === 'district';

/** The bodies above one in its reporting line, the nearest first; a cycle ends it. */
export function superiorsOf(body: Body, bodies: ReadonlyMap<string, Body>): Body[] {
  const found: Body[] = [];
  const seen = new Set([body.id]);
  for (let at = body.reportsTo; at !== null && !seen.has(at); at = bodies.get(at)?.reportsTo ?? null) {
    seen.add(at);
    const superior = bodies.get(at);
    if (superior) found.push(superior);
  }
  return found;
}

function collision(rule: RuleId, bodies: readonly Body[], messageZh: string, messageEn: string): Collision {
  const { law, article } = getRule(rule);
  return { rule, law, article, bodies: bodies.map(({ id }) => id), messageZh, messageEn };
}

/**
 * Where recorded identity, duty and reporting line conflict with 招标投标法实施条例 5, 政府采购法 60 and its 条例 12, or
 * 公共资源交易平台管理暂行办法 18. Nothing is inferred from names.
 */
export function collisionsOf(all: readonly Body[]): Collision[] {
  const bodies = new Map(all.map((body) => [body.id, body]));
  return all.flatMap((body) => {
    const found: Collision[] = [];
    const superiors = superiorsOf(body, bodies);
    if (isVenue(body)) {
      const supervisor = superiors.find(supervises);
      if (supervisor) {
        found.push(
          collision(
            'sep-venue-not-subordinate',
            [body, supervisor],
            `交易场所“${body.name}”隶属行政监督部门“${supervisor.name}”`,
            `The venue “${body.name}” is subordinate to “${supervisor.name}”, which supervises`,
          ),
        );
      }
      const ofCity = superiors.some((superior) => isVenue(superior) && superior.identity && !isDistrict(superior));
      if (isDistrict(body) && !ofCity) {
        found.push(
          collision(
            'sep-venue-not-subordinate',
            [body],
            `县（区）级自建交易场所“${body.name}”；设区的市级以上才可建立，应为市级交易中心的分中心`,
            `The venue “${body.name}” is of a district; only a city or above may have one, with branches in its districts`,
          ),
        );
      }
      if (supervises(body)) {
        found.push(
          collision(
            'plat-operator-prohibitions',
            [body],
            `“${body.name}”既运行交易平台，又承担行政监督职责`,
            `“${body.name}” both runs the platform and supervises`,
          ),
        );
      }
    }
    const isCentralisedPurchaser = natures(body).includes('centralised-purchaser');
    if (isCentralisedPurchaser && isDistrict(body)) {
      found.push(
        collision(
          'sep-gp-centre-city-level',
          [body],
          `县（区）级设立集中采购机构（含加挂牌子）：“${body.name}”`,
          `“${body.name}” is, or also has the name of, a centralised purchasing body of a district`,
        ),
      );
    }
    if (isCentralisedPurchaser || body.duties.includes('agency')) {
      const above = superiors.find(
        (superior) => supervises(superior) || superior.identity?.nature === 'administration',
      );
      if (above) {
        found.push(
          collision(
            'sep-gp-supervisor',
            [body, above],
            `采购代理机构“${body.name}”与行政机关“${above.name}”存在隶属关系`,
            `The purchasing agency “${body.name}” is subordinate to the authority “${above.name}”`,
          ),
        );
      }
      if (supervises(body)) {
        found.push(
          collision(
            'sep-gp-supervisor',
            [body],
            `“${body.name}”既监督又办理采购`,
            `“${body.name}” both supervises and carries purchases out`,
          ),
        );
      }
    }
    return found;
  });
}
