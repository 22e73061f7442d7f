import type { Procedure } from '../../procedures/procedure.ts';
import { brandKey, mayBeOne } from '../scoring/brand.ts';
import type { SheetFinding } from './before-signing.ts';

/** Of each brand as much as its finding is named by. */
const MOST = 120;

/**
 * Brands that may be one, though they are written otherwise (财政部令87号 31): the committee decides them to be the same, or says why they
 * are not.
 * @param brands as the committee has decided them
 */
export function similarBrands(
  { evaluation: { scheme } }: Pick<Procedure, 'evaluation'>,
  brands: readonly string[],
): SheetFinding[] {
  if (!scheme.sameBrand) return [];
  const { rule } = scheme.sameBrand;
  const names = [...new Map(brands.map((brand) => [brandKey(brand), brand]))].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return names.flatMap(([a, one], index) =>
    names
      .slice(index + 1)
      .filter(([b]) => mayBeOne(a, b))
      .map(([b, other]): SheetFinding => ({
        ...{ key: `brands:${a.slice(0, MOST)}:${b.slice(0, MOST)}`, kind: 'similar-brands', rule, must: 'reason' },
        ...{ bidId: null, item: null, memberId: null },
        zh: `品牌“${one}”与“${other}”写法相近：确为同一品牌的，应当重新认定为同一名称；不是同一品牌的，说明理由`,
        en: `The brands "${one}" and "${other}" are much alike: if they are one, decide them to be the same; if not, say why`,
      })),
  );
}
