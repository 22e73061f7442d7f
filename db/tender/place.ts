/** A lot of a procurement; lot 0 is the procurement as a whole. */
export interface TenderPlace {
  readonly procurementId: string;
  readonly lotNo: number;
}

/** One bidder for one lot. */
export interface BidderPlace extends TenderPlace {
  readonly supplierId: string;
}
