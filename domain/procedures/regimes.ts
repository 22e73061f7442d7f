import type { Kind, Regime, TenderRegime } from '../law/facts.ts';

/** What holds for all procedures of a legal system (法律体系). */
export interface RegimeDefinition {
  /** What is bought is works, goods or services (工程、货物、服务). */
  readonly hasKinds: boolean;
  /** What is bought where nobody says it. */
  readonly usualKind: Kind;
  /** 集中采购目录 (政府采购法 7). */
  readonly centralised: boolean;
  /** From which amount it must be tendered: one figure for the country (16号令 5), or one of each region (政府采购法 27). */
  readonly figures: 'national' | 'regional' | null;
  /** What belongs together when a whole may have been split: what has one project code, or one item of the catalogue. */
  readonly splitBy: 'project' | 'item' | null;
  /** Whether it trades on the platform where no catalogue says so (公共资源交易平台管理暂行办法 8). */
  readonly tradesOnPlatform: 'always' | 'from-national-figure' | 'by-catalogue';
}

export const REGIME_DEFINITIONS: Readonly<Record<Regime, RegimeDefinition>> = {
  tendering: {
    hasKinds: true,
    usualKind: 'works',
    centralised: false,
    figures: 'national',
    splitBy: 'project',
    tradesOnPlatform: 'from-national-figure',
  },
  government: {
    hasKinds: true,
    usualKind: 'goods',
    centralised: true,
    figures: 'regional',
    splitBy: 'item',
    tradesOnPlatform: 'by-catalogue',
  },
  land: {
    hasKinds: false,
    usualKind: 'goods',
    centralised: false,
    figures: null,
    splitBy: null,
    tradesOnPlatform: 'always',
  },
  'state-assets': {
    hasKinds: false,
    usualKind: 'goods',
    centralised: false,
    figures: null,
    splitBy: null,
    tradesOnPlatform: 'always',
  },
};

/** Whether something is bought by it (招标投标法, 政府采购法), and not sold. */
export const isTenderRegime = (regime: Regime): regime is TenderRegime => REGIME_DEFINITIONS[regime].hasKinds;
