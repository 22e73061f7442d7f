/** Something that differs from what was written. */
export interface Fault {
  /** `audit/12`, `notice/0197…`, `bid/0197…`, `document/0197…` */
  readonly subject: string;
  readonly zh: string;
  readonly en: string;
  /** Where the seal of a row shows it. */
  readonly row?: RowPlace;
}

/** Location of a row: `lots`, and its primary key's parts with `/` between. */
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
