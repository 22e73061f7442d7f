import { hashOf, recordAudit, type Actor } from '../../db/audit.ts';
import type { Tx } from '../../db/access/database.ts';
import { hasBid } from '../../db/bids.ts';
import { recordEvent } from '../../db/events.ts';
import { attendanceOf, insertAttendance, openingsOf, type Attendance } from '../../db/openings/openings.ts';
import { organisationsById } from '../../db/organisations.ts';
import { DomainError } from '../../domain/errors.ts';
import { badInput, type Issue } from '../../domain/issues.ts';
import type { Attendee, Capacity } from '../../domain/openings/attendance.ts';
import { openingSubject } from '../../domain/subjects.ts';
import { stageConflict } from '../../domain/procedures/out-of-stage.ts';
import { loadCase, saveCases, type TenderCase } from '../tender/case.ts';
import { incidentsOf, publishRecord } from './record.ts';

/**
 * Records who was present at an opening (参加开标的人), for all of its lots, and publishes their records again with it. A
 * second list replaces the first, which is kept; the same one changes nothing.
 * @throws DomainError `forbidden` where there is no public opening, `stage-conflict` before its record is published,
 *   `bad-input` for who is not what they are said to be
 */
export async function recordAttendance(
  tx: Tx,
  actor: Actor,
  procurementId: string,
  people: readonly Attendee[],
): Promise<Attendance> {
  const c = await loadCase(tx, procurementId);
  const { openingRecord } = c.rules;
  if (!c.definition.publicOpening || openingRecord === undefined) {
    throw new DomainError('forbidden', {
      messageZh: '该采购方式不公开开启，没有参加开启的人可以登记',
      messageEn: 'This procedure has no public opening that anybody is present at',
      details: { reason: 'no-public-opening' },
    });
  }
  if (c.procurement.stage !== 'evaluation') {
    const { stage } = c.procurement;
    throw stageConflict(c.definition, { what: 'procurement', stage, wanted: ['evaluation'], rule: openingRecord });
  }
  const [named, last] = await Promise.all([compared(c, people), attendanceOf(tx.q, procurementId)]);
  if (last && hashOf(last.people) === hashOf(named)) return last;
  const attendance = {
    procurementId,
    version: (last?.version ?? 0) + 1,
    people: named,
    recordedBy: actor,
    recordedAt: tx.now,
  };
  await insertAttendance(tx, attendance);
  recordAudit(tx, actor, {
    action: 'opening.attend',
    procurementId,
    subject: `procurement/${procurementId}`,
    detail: { version: attendance.version, people: named.length },
  });
  recordEvent(tx, { kind: 'opening.attended', procurementId, lotNo: 0, subject: openingSubject(procurementId) });
  const incidents = await incidentsOf(tx, c.procurement);
  for (const record of await openingsOf(tx.q, procurementId)) {
    if (c.latestNotice(record.lotNo, 'opening-record')) publishRecord(c, actor, record, incidents);
  }
  await saveCases(tx, [c]);
  return attendance;
}

const isParty = (capacity: Capacity): capacity is 'purchaser' | 'agency' =>
  capacity === 'purchaser' || capacity === 'agency';

/** What the platform knows of them: a bidder has bid, the purchaser and the agency are those of the tender. */
async function compared(c: TenderCase, people: readonly Attendee[]): Promise<Attendee[]> {
  const { purchaserId, agencyId } = c.procurement;
  const parties = { purchaser: purchaserId, agency: agencyId } as const;
  const given = people.map((each) => {
    const own = isParty(each.capacity) ? parties[each.capacity] : null;
    return { ...each, organisationId: each.organisationId ?? own };
  });
  const known = await organisationsById(
    c.tx.q,
    given.flatMap(({ organisationId }) => organisationId ?? []),
  );
  const issues: Issue[] = [];
  const seen = new Set<string>();
  for (const [index, { capacity, name, organisationId, organisation }] of given.entries()) {
    const refuse = (field: string, rule: string, messageZh: string, messageEn: string) =>
      issues.push({ field: `people.${index}.${field}`, rule, messageZh, messageEn });
    const { words } = c.definition;
    if (organisationId !== null && !known.has(organisationId)) {
      refuse('organisationId', 'unknown', '没有该机构', 'There is no such organisation');
    } else if (capacity === 'bidder' && (organisationId === null || !(await hasBid(c.tx.q, c.id, 0, organisationId)))) {
      refuse('organisationId', 'bidder', `不是本项目的${words.bidder}`, 'It is no bidder of this tender');
    } else if (isParty(capacity) && (organisationId === null || organisationId !== parties[capacity])) {
      refuse('organisationId', 'own', `不是本项目的${words.purchaser}或者代理机构`, 'It does not run this tender');
    }
    const who = JSON.stringify([capacity, name, organisationId ?? organisation]);
    if (seen.has(who)) refuse('name', 'unique', '重复登记', 'The same person is named twice');
    seen.add(who);
  }
  if (issues.length > 0) throw badInput(issues);
  return given.map(({ organisationId, organisation, ...each }) => ({
    ...each,
    organisationId,
    organisation: organisationId === null ? organisation : (known.get(organisationId)?.name ?? null),
  }));
}
