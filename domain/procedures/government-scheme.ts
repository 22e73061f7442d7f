import type { MethodDefinition, SchemeDefinition, SheetDefinition } from '../evaluation/scheme/definition.ts';

// What may be stated in a scheme under 政府采购法: tenders by 财政部令87号, inquiries by 财政部令74号.

const SHEETS: SheetDefinition = {
  perDocuments: 'gp-eval-per-docs',
  range: 'gp-rereview-range',
  independent: 'gp-independent-scoring',
  afterSigning: 'gp-rereview-after-sign',
  replaced: 'gp-replaced-member-void',
  notMember: 'gp-committee-duties',
  differs: 'gp-rereview-objective',
  sum: 'gp-rereview-sum',
  deviation: 'gp-rereview-outlier',
  partial: 'gp-member-ban-3',
  agreed: 'gp-member-ban-4',
  majority: 'gp-majority-dissent',
  deemed: 'gp-majority-dissent',
};

/** 87令 56: 报价由低到高, 相同并列. */
const LOWEST: MethodDefinition = {
  by: 'price',
  rule: 'gp-methods',
  adjustments: { allowed: false, rule: 'gp-lowest-no-adjust' },
  ties: { rule: 'gp-lowest-ranking', lawful: [], then: 'shared' },
};

/** 87令 55, 57: points, then the lower price, then the rank is shared. */
const SCORED: MethodDefinition = {
  by: 'points',
  rule: 'gp-methods',
  weights: 'gp-price-formula',
  formulas: ['low-price-base'],
  formula: 'gp-price-formula',
  priceShare: { goods: 'gp-price-weight-goods', services: 'gp-price-weight-services' },
  fixedPrice: 'gp-price-not-scored-fixed',
  ties: { rule: 'gp-ranking-tie', lawful: ['price'], then: 'shared' },
};

/** 小微企业, 本国产品: a rate that is no longer in force is not read. */
const PREFERENCES: SchemeDefinition['preferences'] = {
  lawful: [
    { key: 'small-firm', form: 'reduction', rule: 'sme-discount-2021', kinds: ['goods', 'services'] },
    {
      ...{ key: 'small-firm', form: 'reduction', rule: 'sme-discount-2022', kinds: ['goods', 'services'] },
      replaces: 'sme-discount-2021',
    },
    {
      key: 'small-firm-share',
      form: 'reduction',
      rule: 'sme-discount-consortium-2021',
      kinds: ['goods', 'services'],
      minShare: 'sme-consortium-share',
    },
    {
      key: 'small-firm-share',
      form: 'reduction',
      rule: 'sme-discount-consortium-2022',
      replaces: 'sme-discount-consortium-2021',
      kinds: ['goods', 'services'],
      minShare: 'sme-consortium-share',
    },
    {
      key: 'domestic-product',
      form: 'reduction',
      rule: 'domestic-preference',
      kinds: ['goods'],
      minShare: 'domestic-package-80',
    },
  ],
  scope: 'sme-discount-scope',
  stacking: { rule: 'domestic-preference', lawful: 'sum' },
  exempt: 'sme-scope-out',
};

/** 财库〔2026〕2号; that documents may raise the rates, and how far, is known from a secondary source only: it warns. */
const LOW_LIMITS: SchemeDefinition['abnormalLow']['limits'] = [
  { of: 'mean', percent: '50', rule: 'gp-abnormal-low-50avg', atMost: '65' },
  { of: 'second-lowest', percent: '50', rule: 'gp-abnormal-low-50second', atMost: '65' },
  { of: 'ceiling', percent: '45', rule: 'gp-abnormal-low-45ceiling', atMost: '65' },
];

const FAIRNESS: SchemeDefinition['fairness'] = [
  'gp-unfair-info',
  'gp-unfair-conditions',
  'gp-unfair-pointing',
  'gp-unfair-region-record',
  'gp-unfair-criteria',
  'gp-unfair-brand',
  'gp-unfair-ownership',
  'sme-no-size-conditions',
];

export const GOVERNMENT_SCHEME: SchemeDefinition = {
  methods: { comprehensive: SCORED, 'lowest-evaluated': LOWEST },
  uniform: { method: 'lowest-evaluated', rule: 'gp-methods' },
  qualificationBy: { who: 'purchaser', rule: 'gp-qualified-min' },
  qualificationNotScored: 'gp-qual-not-scored',
  pricesNotTrimmed: 'gp-price-no-trim',
  marksNotTrimmed: 'gp-independent-scoring',
  bands: 'gp-factors-banded',
  preferences: PREFERENCES,
  abnormalLow: {
    rule: 'gp-abnormal-low',
    request: 'gp-abnormal-low-request',
    majority: 'gp-majority-dissent',
    // (六) 法律、法规和招标文件规定的其他无效情形: 87令 60.
    ground: 6,
    limits: LOW_LIMITS,
  },
  clarification: { request: 'gp-clarify-request', form: 'gp-clarify-form', unchanged: 'gp-clarify-no-change' },
  sameBrand: { rule: 'gp-same-brand', ground: 6 },
  quorums: {
    qualified: { rule: 'gp-qualified-min', effect: 'stop' },
    conforming: { rule: 'gp-conforming-min', effect: 'stop' },
  },
  unconfirmed: { rule: 'gp-invalid-unconfirmed-correction', effect: 'void', ground: 6 },
  overPriceGround: 4,
  candidates: { least: null, most: null, usual: 3 },
  fairness: [...FAIRNESS, 'gp-forbidden-qualifications'],
  usualPoints: {
    goods: { technical: 50, commercial: 20, price: 30 },
    services: { technical: 60, commercial: 20, price: 20 },
    works: { technical: 50, commercial: 20, price: 30 },
  },
  usuallyBlind: false,
  sheets: SHEETS,
};

/** The lowest offer that meets the needs: nothing is scored or adjusted but by policy. */
export const INQUIRY_SCHEME: SchemeDefinition = {
  methods: {
    'lowest-price': {
      by: 'price',
      rule: 'neg-award-rule',
      adjustments: { allowed: false, rule: 'neg-award-rule' },
      ties: { rule: 'neg-award-rule', lawful: [], then: 'documents' },
    },
  },
  qualificationBy: { who: 'committee', rule: 'neg-award-rule' },
  preferences: PREFERENCES,
  abnormalLow: {
    rule: 'gp-abnormal-low-explain',
    request: 'gp-abnormal-low-explain',
    majority: 'gp-sign-report',
    ground: 1,
    limits: LOW_LIMITS,
  },
  quorums: {
    qualified: { rule: 'neg-inq-suppliers-min', effect: 'stop' },
    conforming: { rule: 'neg-inq-suppliers-min', effect: 'stop' },
  },
  unconfirmed: { rule: 'inq-one-shot-price', effect: 'opened-price', ground: 1 },
  overPriceGround: 1,
  candidates: { least: 'inq-candidates-min', most: null, usual: 3 },
  fairness: FAIRNESS,
  usuallyBlind: false,
  sheets: {
    ...SHEETS,
    perDocuments: 'gp-review-independent',
    range: 'gp-review-independent',
    independent: 'gp-review-independent',
    afterSigning: 'gp-no-rereview',
    replaced: 'gp-review-independent',
    notMember: 'gp-review-independent',
    differs: 'gp-review-independent',
    sum: 'gp-review-independent',
    deviation: 'gp-review-independent',
    partial: 'gp-review-independent',
    agreed: 'gp-review-independent',
    majority: 'gp-sign-report',
    deemed: 'gp-sign-report',
  },
};
