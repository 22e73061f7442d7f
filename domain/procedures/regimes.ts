import type { Kind, Regime, TenderRegime } from '../law/facts.ts';
import type { RuleId } from '../law/rulebook.ts';

/** What applies to all procedures of a legal system (法律体系). */
export interface RegimeDefinition {
  /** Whether purchases are works, goods or services (工程、货物、服务). */
  readonly hasKinds: boolean;
  /** The default kind of purchase. */
  readonly usualKind: Kind;
  /** 集中采购目录 (政府采购法 7). */
  readonly centralised: boolean;
  /** From which amount it must be tendered: one figure for the country (16号令 5), or one per region (政府采购法 27). */
  readonly figures: 'national' | 'regional' | null;
  /** What is summed to detect a split purchase: what has one project code, or one item of the catalogue. */
  readonly splitBy: 'project' | 'item' | null;
  /** Whether it trades on the platform where no catalogue decides (公共资源交易平台管理暂行办法 8). */
  readonly tradesOnPlatform: 'always' | 'from-national-figure' | 'by-catalogue';
  /** From the notice of award to the contract, whatever the procedure. */
  readonly contract: RuleId | null;
}

export const REGIME_DEFINITIONS: Readonly<Record<Regime, RegimeDefinition>> = {
  tendering: {
    hasKinds: true,
    usualKind: 'works',
    centralised: false,
    figures: 'national',
    splitBy: 'project',
    tradesOnPlatform: 'from-national-figure',
    contract: 'works-contract-sign',
  },
  government: {
    hasKinds: true,
    usualKind: 'goods',
    centralised: true,
    figures: 'regional',
    splitBy: 'item',
    tradesOnPlatform: 'by-catalogue',
    contract: 'gp-contract-sign-law',
  },
  land: {
    hasKinds: false,
    usualKind: 'goods',
    centralised: false,
    figures: null,
    splitBy: null,
    tradesOnPlatform: 'always',
    contract: null,
  },
  'state-assets': {
    hasKinds: false,
    usualKind: 'goods',
    centralised: false,
    figures: null,
    splitBy: null,
    tradesOnPlatform: 'always',
    contract: null,
  },
};

/** Whether the regime is for buying (招标投标法, 政府采购法), not for selling. */
export const isTenderRegime = (regime: Regime): regime is TenderRegime => REGIME_DEFINITIONS[regime].hasKinds;
