import { formatInstant, instantOrNull as instant } from '../civil-time.ts';
import type { Incidents, NoticeData } from './data.ts';

type Content = Readonly<Record<string, unknown>>;

/** Names and figures, and all events of the opening where bids are sealed, somebody objected or it was paused. */
export function openingRecord(
  { openedAt, sealed, bids, incidents, heading, absentAccept = false }: NoticeData['opening-record'],
  { title, lotNo }: { readonly title: string; readonly lotNo: number },
): Content {
  const objections = incidents.objections.filter((each) => each.lotNo === lotNo);
  const isPlain = !sealed && objections.length === 0 && incidents.pauses.length === 0;
  return {
    ...(heading ? { title, ...headingContent(heading) } : {}),
    opened: formatInstant(openedAt),
    ...(sealed || isPlain ? {} : { sealed }),
    ...presentContent(incidents, lotNo, bids, absentAccept),
    bidders: bids.map(({ bidId, supplier, sha256, size, receivedAt, unsealed, deposit }) => ({
      ...(isPlain ? {} : { bidId }),
      supplier,
      sha256,
      size,
      receivedAt: formatInstant(receivedAt),
      ...unsealed,
      ...(deposit ? { deposit } : {}),
    })),
    ...(isPlain
      ? outagesContent(incidents)
      : incidentsContent({ ...incidents, objections }, new Set(bids.map(({ bidId }) => bidId)))),
  };
}

const outagesContent = ({ outages }: Pick<Incidents, 'outages'>): Content =>
  outages.length > 0
    ? { outages: outages.map(({ from, until }) => ({ from: instant(from), until: instant(until) })) }
    : {};
const headingContent = ({ projectNumber, place, lotTitle, ceilingFen }: HeadingOf): Content => ({
  ...(projectNumber === null ? {} : { projectNumber }),
  lotTitle,
  ...(place === null ? {} : { openingPlace: place }),
  ...(ceilingFen === null ? {} : { ceilingPriceFen: ceilingFen }),
});
type HeadingOf = NonNullable<NoticeData['opening-record']['heading']>;

/** Who was present, of the bidders those of the lot; who was not; and who has signed. */
function presentContent(
  { attendance, signatures = [] }: Incidents,
  lotNo: number,
  bids: NoticeData['opening-record']['bids'],
  absentAccept: boolean,
): Content {
  const signed = signatures.filter((each) => each.lotNo === lotNo);
  const own = new Set(bids.map(({ supplierId }) => supplierId));
  const present = attendance?.filter(
    ({ capacity, organisationId }) => capacity !== 'bidder' || own.has(organisationId ?? ''),
  );
  const there = new Set(present?.map(({ organisationId }) => organisationId));
  const absent = bids.filter(({ supplierId }) => !there.has(supplierId ?? null)).map(({ supplier }) => supplier);
  return {
    ...(present
      ? { present: present.map(({ capacity, name, organisation }) => ({ capacity, name, organisation })) }
      : {}),
    ...(present && absent.length > 0 ? { absent, absentAccept } : {}),
    ...(signed.length > 0
      ? {
          signatures: signed.map(({ organisation, role, signedAt }) => ({
            organisation,
            role,
            signedAt: instant(signedAt),
          })),
        }
      : {}),
  };
}

const incidentsContent = (
  { custodians, pauses, outages, faults, objections }: Incidents,
  own: ReadonlySet<string>,
): Content => ({
  custodians: custodians.map(({ custodian, state, reason, at }) => ({ custodian, state, reason, at: instant(at) })),
  pauses: pauses.map(({ reasonZh, from, until }) => ({ reasonZh, from: instant(from), until: instant(until) })),
  ...outagesContent({ outages }),
  faults: faults
    .filter(({ bidId }) => bidId === null || own.has(bidId))
    .map(({ bidId, minutes, reasonZh, at }) => ({ bidId, minutes, reasonZh, at: instant(at) })),
  objections: objections.map(({ textZh, filedAt, answerZh, answeredAt }) => ({
    textZh,
    filedAt: instant(filedAt),
    answerZh,
    answeredAt: instant(answeredAt),
  })),
});
