import * as z from 'zod';
import {
  drawsEverywhere,
  proceedingsOf,
  type CommitteeCall,
  type Draw,
  type DrawPart,
} from '../../db/committees/draws.ts';
import { procurementById } from '../../db/procurements.ts';
import { unconfirmed } from '../../domain/committees/calls.ts';
import { DRAW_STATES, UNSETTLED_DRAWS } from '../../domain/committees/state.ts';
import { DRAW_PARTIES, type DrawParty } from '../../domain/draws/terms.ts';
import { turnOf, TURNS } from '../../domain/draws/turns.ts';
import { PARTY_OF } from '../../services/committees/commit.ts';
import { runsNow } from '../http/access.ts';
import { ok, route } from '../http/route.ts';
import { at, atOrNull, id, instantOut, pageOf, pageQuery, whole } from '../http/schemas.ts';

const parties = z.array(z.enum(DRAW_PARTIES));

export const listedDrawSchema = z
  .object({
    drawId: id,
    procurementId: id,
    title: z.string(),
    lotNo: z.int(),
    round: z.int(),
    state: z.enum(DRAW_STATES),
    openedAt: instantOut,
    commitUntil: instantOut,
    firstRevealUntil: instantOut,
    revealUntil: instantOut,
    evaluationAt: instantOut,
    drawnAt: instantOut.nullable(),
    formedAt: instantOut.nullable(),
    shortAt: instantOut.nullable(),
    committed: parties.meta({ description: '已提交承诺的各方 / Those who have committed themselves' }),
    revealed: parties.meta({ description: '已交出随机数的各方 / Those who have handed their part in' }),
    seats: z.int().meta({ description: '席位数 / Seats' }),
    confirmed: z.int().meta({ description: '已确认参加的席位数 / Seats that somebody has confirmed' }),
    turn: z
      .object({ act: z.enum(TURNS), until: instantOut })
      .nullable()
      .meta({
        description:
          '本方现在应办的：提交承诺、交出随机数，及其截止时间；没有的为 null / What your party gives now, and until when; null: nothing',
      }),
  })
  .meta({ id: 'ListedDraw', description: '一次抽取，不含姓名 / A draw, without names' });

type Listed = z.infer<typeof listedDrawSchema>;

interface Seen {
  readonly draw: Draw;
  readonly title: string;
  readonly parts: readonly DrawPart[];
  readonly calls: readonly CommitteeCall[];
}

function listedView({ draw, title, parts, calls }: Seen, party: DrawParty | undefined, now: number): Listed {
  const { terms } = draw;
  const seats = terms.groups.reduce((sum, group) => sum + group.seats, 0);
  const turn = party === undefined ? null : turnOf(draw, parts, party, now);
  return {
    ...{ drawId: draw.id, procurementId: draw.procurementId, title, lotNo: draw.lotNo, round: draw.round },
    ...{ state: draw.state, openedAt: at(draw.openedAt), commitUntil: at(terms.commitUntil) },
    ...{ firstRevealUntil: at(terms.firstRevealUntil), revealUntil: at(terms.revealUntil) },
    ...{ evaluationAt: at(terms.evaluationAt), drawnAt: atOrNull(draw.drawnAt) },
    ...{ formedAt: atOrNull(draw.formedAt), shortAt: atOrNull(draw.shortAt) },
    committed: parts.map((part) => part.party),
    revealed: parts.filter(({ revealedAt }) => revealedAt !== null).map((part) => part.party),
    ...{ seats, confirmed: seats - unconfirmed(terms.groups, calls) },
    turn: turn && { act: turn.act, until: at(turn.until) },
  };
}

/** The draws of all tenders of a scope: who takes part in many does not look for them one by one. */
export const drawListRoutes = [
  route({
    method: 'get',
    path: '/draws',
    action: 'committee.state',
    at: 'anywhere',
    tag: 'committees',
    zh: '各项目的抽取，每个标段最近的一次，新的在前，不含姓名；招标人（采购人）和代理机构只见自己组织的',
    en: 'The draws of all tenders, the last one of each lot, the newest first, without names; purchasers and agencies see their own',
    query: pageQuery.extend({
      state: z.enum(DRAW_STATES).optional(),
      unsettled: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: '只看进行中的 / Only those that are under way' }),
      procurementId: id.optional(),
      lotNo: whole(1, 999).optional(),
    }),
    outcomes: [{ status: 200, schema: pageOf(listedDrawSchema), zh: '一页', en: 'A page' }],
    handle: async ({ services: { db, cursors }, query, scope, role, organisationId }) => {
      const { state, unsettled, procurementId, lotNo, cursor, limit } = query;
      const states = state === undefined ? DRAW_STATES : [state];
      const rows = await drawsEverywhere(db.read, {
        ...{ procurementId, lotNo, after: cursors.read(cursor, id), limit: limit + 1 },
        states: unsettled === 'true' ? states.filter((each) => UNSETTLED_DRAWS.includes(each)) : states,
        runBy:
          scope === 'any'
            ? undefined
            : { as: role === 'agency' ? 'agency' : 'purchaser', organisationId: organisationId ?? '' },
      });
      const page = cursors.rows(rows, limit, ({ draw }) => draw.id);
      const shown = role === 'agency' ? await mandated(page.items) : page.items;
      const { parts, calls } = await proceedingsOf(
        db.read,
        shown.map(({ draw }) => draw.id),
      );
      const now = db.now();
      return ok({
        next: page.next,
        items: shown.map(({ draw, title }) =>
          listedView(
            {
              ...{ draw, title },
              parts: parts.filter(({ drawId }) => drawId === draw.id),
              calls: calls.filter(({ drawId }) => drawId === draw.id),
            },
            PARTY_OF[role],
            now,
          ),
        ),
      });

      /** Who has no mandate any more does not see them. */
      async function mandated(items: typeof rows): Promise<typeof rows> {
        const runs = await Promise.all(
          items.map(async ({ draw }) =>
            runsNow(db, { role, organisationId }, await procurementById(db.read, draw.procurementId)),
          ),
        );
        return items.filter((_, index) => runs[index]);
      }
    },
  }),
];
