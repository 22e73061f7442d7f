// Faults that are put into the code, one at a time and only in a process of the simulation, to show that each invariant
// can fail. `file` contains `is` once; read by chance/resolve.mjs where KAIBIAO_SIMULATION_FAULT names it.

/** @type {readonly { name: string, file: string, is: string, becomes: string, found: string }[]} */
export const SEEDED_FAULTS = [
  {
    name: 'a bid at the very deadline is taken',
    file: 'services/bids/deadline.ts',
    is: 'tx.now >= bidDeadline',
    becomes: 'tx.now > bidDeadline',
    found: 'the law is applied',
  },
  {
    name: 'a bid in the last second is refused',
    file: 'services/bids/deadline.ts',
    is: 'tx.now >= bidDeadline',
    becomes: 'tx.now >= bidDeadline - 1000',
    found: 'the law is applied',
  },
  {
    name: 'bidding is closed a millisecond early',
    file: 'domain/procedures/order.ts',
    is: "ends.of === 'notice' ? noticeAt : bidDeadline",
    becomes: "ends.of === 'notice' ? noticeAt : bidDeadline && bidDeadline - 1",
    found: 'no bid on time is lost, none that is late is in',
  },
  {
    name: 'the first bid of a lot is not opened',
    file: 'services/openings/record.ts',
    is: 'entries: tooFew ? [] : entriesOf(bids, depositOf)',
    becomes: 'entries: tooFew ? [] : entriesOf(bids.slice(1), depositOf)',
    found: 'what was opened is what is stored',
  },
  {
    name: 'a withdrawn bid still stands',
    file: 'services/bids/withdraw.ts',
    is: "endBid(tx, standing.id, 'withdrawn');",
    becomes: '',
    found: 'no bid on time is lost, none that is late is in',
  },
  {
    name: 'the record of an opening is published with another size',
    file: 'domain/notices/kinds.ts',
    is: "supplier,\n      sha256,\n      size,",
    becomes: "supplier,\n      sha256,\n      size: size + 1,",
    found: 'what is published is what is stored',
  },
  {
    name: 'the record of an opening is published twice',
    file: 'services/openings/record.ts',
    is: 'if (record.opened && c.definition.publicOpening) publishRecord(c, actor, record, incidents);',
    becomes:
      'if (record.opened && c.definition.publicOpening) for (const _ of [1, 2]) publishRecord(c, actor, record, incidents);',
    found: 'each notice comes out once',
  },
  {
    name: 'a suspension gives back half of the time',
    file: 'domain/pauses.ts',
    is: 'at += interval.until - interval.from;',
    becomes: 'at += Math.floor((interval.until - interval.from) / 2);',
    found: 'no bidder’s time is shortened',
  },
  {
    name: 'the clock does not run again after a reply',
    file: 'services/grievances/reply.ts',
    is: '  resumeClocks(c, actor, grievanceId);\n',
    becomes: '',
    found: 'every stage has a way out',
  },
  {
    name: 'a suspended deadline passes all the same',
    file: 'domain/procedures/order.ts',
    is: 'return tender.isSuspended(lotNo, ends.of) ? PEOPLE : by(',
    becomes: 'return by(',
    found: 'a suspended clock does not run',
  },
  {
    name: 'lots are not woken',
    file: 'services/tender/case.ts',
    is: 'if (mustWake(no, before, now, this.tx.now)) wake(this.tx, subject);',
    becomes: 'if (no === 0 && mustWake(no, before, now, this.tx.now)) wake(this.tx, subject);',
    found: 'no wake is lost',
  },
  {
    name: 'a withdrawal has no entry in the trail',
    file: 'services/bids/withdraw.ts',
    is: "recordAudit(tx, actor, {\n    action: 'bid.withdraw',",
    becomes: "void ({\n    action: 'bid.withdraw',",
    found: 'each row has its entry',
  },
  {
    name: 'what is refused among others is not undone',
    file: 'db/sqlite/group-commit.ts',
    is: "connection.exec('ROLLBACK TO job');",
    becomes: '',
    found: 'each row has its entry',
  },
  {
    name: 'an award is possible before the candidates have stood',
    file: 'domain/procedures/stages.ts',
    is: "award: { lot: ['award'], rule: rules.award }",
    becomes: "award: { lot: ['award', 'publicity'], rule: rules.award }",
    found: 'the law is applied',
  },
];
