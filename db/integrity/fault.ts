/** Something that is not as it was written. */
export interface Fault {
  /** `audit/12`, `notice/0197…`, `bid/0197…`, `document/0197…` */
  readonly subject: string;
  readonly zh: string;
  readonly en: string;
  /** Where it is the seal of a row that tells. */
  readonly row?: RowPlace;
}

/** Where a row is: `lots`, and its primary key's parts with `/` between. */
export interface RowPlace {
  readonly table: string;
  readonly key: string;
}

export interface RowFault extends Fault {
  readonly row: RowPlace;
}

export interface CheckedRows {
  readonly rows: number;
  readonly faults: RowFault[];
}
