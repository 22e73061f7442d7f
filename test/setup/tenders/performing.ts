import type { Database } from '../../../db/access/database.ts';
import type { TenderPlace } from '../../../db/tender/place.ts';
import type { Acceptance, ContractChange, Delivery, Payment } from '../../../domain/contracts/acts.ts';
import type { TypedTerms } from '../../../domain/contracts/stated.ts';
import { addFile, decide, type handClock, type People } from './tender.ts';
import { termsOf } from './contracts.ts';

/** The price of the first-ranked in tenders that are played. */
export const PRICE = 380_000_000;

/** What is done with the contract of a lot, each with what a lawful one states. */
export function performing(db: Database, who: People, clock: ReturnType<typeof handClock>, place: () => TenderPlace) {
  const file = (kind: 'contract' | 'acceptance') => addFile(db, place().procurementId, kind);
  return {
    sign: (terms: Partial<TypedTerms> = {}, amountFen = PRICE) =>
      decide(db, who.asPurchaser, {
        ...{ ...place(), kind: 'contract' },
        payload: { amountFen, signedAt: clock.read(), documentId: null, terms: { ...termsOf(PRICE), ...terms } },
      } as never),
    deliver: (given: Partial<Delivery>, by = who.asPurchaser) =>
      decide(db, by, {
        ...{ ...place(), kind: 'deliver' },
        payload: { instalment: null, deliveredAt: null, invoicedAt: null, documentId: null, by: 'purchaser', ...given },
      }),
    accept: async (given: Partial<Acceptance> = {}) =>
      decide(db, who.asPurchaser, {
        ...{ ...place(), kind: 'accept' },
        payload: {
          ...{ instalment: null, at: clock.read(), opinionZh: '合格', consequenceZh: null, rectifyBy: null },
          parties: [{ name: '王工', role: 'purchaser', organisation: null }],
          items: [{ nameZh: '承载能力', met: true, noteZh: null }],
          documentId: await file('acceptance'),
          ...given,
        },
      }),
    pay: (given: Partial<Payment> = {}) =>
      decide(db, who.asPurchaser, {
        ...{ ...place(), kind: 'pay' },
        payload: {
          ...{ instalment: 1, amountFen: PRICE, interestFen: 0, paidAt: clock.read(), voucher: '1', documentId: null },
          ...given,
        },
      }),
    change: async (given: Partial<ContractChange>) =>
      decide(db, who.asPurchaser, {
        ...{ ...place(), kind: 'change-contract' },
        payload: {
          ...{ kind: 'variation', ground: 'by-law', reasonZh: '情势变更', signedAt: clock.read(), amountFen: null },
          ...{ payments: null, items: [], documentId: await file('contract') },
          ...given,
        },
      }),
    bond: (step: 'received' | 'released' | 'kept' | 'payment-guarantee', amountFen: number, reference = 'BH-1') =>
      decide(db, who.asPurchaser, {
        ...{ ...place(), kind: 'performance-bond' },
        payload: {
          ...{ step, amountFen, bidId: '', form: 'guarantee', reference, documentId: null, reasonZh: null },
          at: clock.read(),
        },
      }),
  };
}
