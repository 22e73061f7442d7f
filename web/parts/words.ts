import { labelsOf, wordFor } from '../../domain/fields/field.ts';
import type { Lang } from '../http/language.ts';

/** What values are called in English: in Chinese by `domain/fields`. */
const ENGLISH: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  stage: {
    draft: 'draft',
    launched: 'launched',
    bidding: 'open for bids',
    opening: 'opening',
    evaluation: 'evaluation',
    concluded: 'concluded',
    terminated: 'terminated',
  },
  lotStage: {
    pending: 'not opened yet',
    opening: 'opening',
    evaluation: 'evaluation',
    publicity: 'publicity of the candidates',
    award: 'award',
    contract: 'contract to be signed',
    performance: 'performance',
    archived: 'archived',
    failed: 'failed',
    terminated: 'terminated',
  },
  regime: { tendering: 'Tendering Law', government: 'Government Procurement Law' },
  kind: { works: 'works', goods: 'goods', services: 'services' },
  procedure: {
    'open-tender': 'open tender',
    'invited-tender': 'invited tender',
    negotiation: 'competitive negotiation',
    consultation: 'competitive consultation',
    inquiry: 'inquiry',
    'single-source': 'single source',
    framework: 'framework agreement',
    listing: 'listing',
    auction: 'auction',
  },
  'rules/kind': {
    time_limit: 'time limit',
    threshold: 'threshold',
    quorum: 'quorum',
    period_rule: 'counting of periods',
    calendar: 'calendar',
    ground: 'ground',
    outcome: 'outcome',
    notice_fields: 'content of a notice',
    role_duty: 'duty',
    scoring: 'scoring',
    penalty: 'penalty',
    draft: 'draft, not law',
  },
  use: { block: 'refuses', computed: 'computes', warn: 'warns', timer: 'times a step', show: 'shown only' },
  status: { VERIFIED: 'text verified', RECALLED: 'text not verified' },
};

/** What a value of a field is called in a language; one that nobody named, as it is. */
export const wordIn = (field: string, value: string, lang: Lang): string =>
  lang === 'zh' ? zhOf(field, value) : (ENGLISH[field]?.[value] ?? value.replaceAll(/[-_]/g, ' '));

function zhOf(field: string, value: string): string {
  if (field === 'lotStage') return labelsOf(['lots', 'stage'])?.[value] ?? value;
  const [place, own] = field.includes('/') ? field.split('/') : [undefined, field];
  return wordFor(own ?? field, value, place === undefined ? [] : [place]);
}
