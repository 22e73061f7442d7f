import type { Request, Response } from 'express';
import type { CorrectionPayload } from '../../../domain/decisions.ts';
import { correctNotice } from '../../../services/notices/correct.ts';
import type { Visit } from '../../../api/visit.ts';
import { publicPages } from '../../../web/pages.ts';
import { BOTH_WAYS } from '../invariants/corrections.ts';
import { Broken } from '../invariants/judge.ts';
import type { Snapshot } from '../invariants/snapshot.ts';
import type { World } from '../world.ts';
import { made, type Story } from './story.ts';

type Kind = Snapshot['notices'][number]['kind'];

/** What may be put right in a notice; in others nothing that the simulation knows. */
const FIELDS: Partial<Record<Kind, string>> = {
  tender: 'projectContact',
  invitation: 'projectContact',
  candidates: 'candidates[0].address',
  award: 'winnerAddress',
};
const TEXTS: readonly Kind[] = ['lot-failed', 'suspension', 'candidates'];

/** 更正: of a notice, or of a correction of one; now and then of what no correction changes. */
export async function corrects(world: World, story: Story): Promise<void> {
  const { people, random } = world;
  const { notices = [], procurement } = story.seen ?? {};
  if (notices.length === 0) return;
  const known = notices.filter(({ kind }) => kind in FIELDS || TEXTS.includes(kind));
  const notice = known.length > 0 && random.percent(80) ? random.of(known) : random.of(notices);
  const isUnlawful = random.percent(15);
  const field = isUnlawful ? 'procurementId' : FIELDS[notice.kind];
  const payload: CorrectionPayload = {
    noticeId: notice.id,
    changes: field === undefined ? [] : [{ field, after: `更正后的第${random.between(1, 1_000_000)}号` }],
    textZh: field === undefined ? '原公告中的联系电话有误，请以采购文件为准。' : null,
    reasonZh: '录入错误',
  };
  const stages: readonly string[] = story.definition.acts.correct.procurement ?? [];
  const isStage = procurement !== undefined && stages.includes(procurement.stage);
  const outcome = await world.act(
    story,
    'correct',
    isUnlawful ? 'refused' : isStage ? 'either' : 'refused',
    (tx) => correctNotice(tx, people.runs(story), payload),
    ({ payload: { correctionId }, lotNo }) => {
      story.corrections.set(String(correctionId), notice.id);
      made(story, `correction/${lotNo}`);
    },
  );
  if (outcome.accepted) await readsBoth(world, story, notice.id, String(outcome.value.payload.correctionId));
}

/** Whoever may read a notice finds what corrects it, and from there the notice. */
async function readsBoth(world: World, { name }: Story, notice: string, correction: string): Promise<void> {
  const [first, second] = [await pageOf(world, notice), await pageOf(world, correction)];
  if (first.status !== second.status)
    throw new Broken(BOTH_WAYS, `${name}: ${first.status} for the notice, ${second.status} for its correction`);
  if (first.status !== 200) return;
  const leads = (page: string, to: string): boolean => page.includes(`href="/notices/${to}"`);
  if (!leads(first.text, correction)) throw new Broken(BOTH_WAYS, `${name}: the page of ${notice} shows no correction`);
  if (!leads(second.text, notice)) throw new Broken(BOTH_WAYS, `${name}: the correction does not lead to ${notice}`);
  world.count('both pages');
}

const NOBODY = { who: async () => null } as unknown as Visit;

/** A page as it is sent, without a server. */
async function pageOf({ db }: World, id: string): Promise<{ readonly status: number; readonly text: string }> {
  const page = publicPages({ db, publicUrl: 'http://tender.test' }).find(({ path }) => path === '/notices/:file');
  const sent = { status: 200, text: '' };
  const response = {
    status: (code: number) => {
      sent.status = code;
      return response;
    },
    send: (text: string) => {
      sent.text = text;
    },
    set: () => response,
    type: () => response,
    setHeader: () => response,
    removeHeader: () => response,
  };
  const request = { params: { file: id }, get: () => undefined };
  await page?.handle(request as unknown as Request, response as unknown as Response, NOBODY);
  return sent;
}
