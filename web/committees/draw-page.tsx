import type * as z from 'zod';
import type { listedDrawSchema } from '../../api/committees/list.ts';
import type { committeeSchema } from '../../api/committees/views.ts';
import type { Asked, Told } from '../../api/visit.ts';
import { formHref } from '../acts/links.ts';
import { typedOf, type Typed } from '../acts/form-values.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { isOver } from '../../domain/committees/state.ts';
import { DRAW_PARTIES } from '../../domain/draws/terms.ts';
import { permission, type Role } from '../../domain/roles.ts';
import { PARTY_OF } from '../../services/committees/commit.ts';
import { scriptPath } from '../http/island-files.ts';
import { addressWith, listed } from '../http/listed.ts';
import { page, type Outcome, type PageContext } from '../http/page.ts';
import { Facts, type FactRow } from '../parts/facts.tsx';
import { errorsOf, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { Table } from '../parts/table.tsx';
import { AnswerForm, CommitForm, ReplacementForm, RevealForm } from './draw-forms.tsx';
import { drawPartyText, drawStateText, drawTag } from './draw-words.ts';
import { DrawNext, DRAWS } from './draws-page.tsx';

type Listed = z.infer<typeof listedDrawSchema>;
type Committee = z.infer<typeof committeeSchema>;
type Call = Committee['calls'][number];

const MESSAGES = {
  zh: {
    draws: '专家抽取',
    title: (no: number) => `第${no}标段（包）专家抽取`,
    tender: '项目',
    state: '状态',
    round: '轮次',
    next: '接下来',
    commitUntil: '承诺截止',
    firstRevealUntil: '交易中心交出随机数截止',
    revealUntil: '其他各方交出随机数截止',
    evaluation: '评审开始',
    short: '到期未组成，已记录',
    seats: '席位',
    of: (confirmed: number, seats: number) => `已确认 ${confirmed} / ${seats}`,
    candidates: '可抽取、被排除',
    count: (candidates: number, excluded: number) => `${candidates} 人可抽取，${excluded} 人被排除`,
    hash: '抽取条件的哈希',
    parties: '各方',
    party: '一方',
    committed: '提交承诺',
    revealed: '交出随机数',
    no: '未提交',
    notYet: '未交出',
    calls: '邀请',
    noCalls: '尚未抽取，没有邀请。',
    call: '序号',
    field: '专业',
    asked: '邀请时间',
    until: '答复期限',
    cleared: '已声明无利害关系',
    chosen: '自行选定',
    states: {
      invited: '待答复',
      confirmed: '参加',
      declined: '不参加',
      lapsed: '逾期未答复',
      withdrawn: '已退出',
    },
    acts: '办理',
    record: '抽取记录',
    recordLead: '任何人可以用抽取记录离线重演本次抽取，不含姓名；中标（成交）结果确定后公开成员姓名。',
    noRecord: '抽取后公布。',
    download: '下载抽取记录（JSON）',
    verify: '在浏览器中核验',
    names: '查看成员名单（每次查看均记入审计）',
    again: '重新发起抽取',
    presence: '评审场所、成员签到和进出',
    done: {
      commit: '已提交承诺',
      reveal: '已交出随机数',
      answer: '已登记答复',
      replacement: '已更换成员',
    },
  },
  en: {
    draws: 'Draws of experts',
    title: (no: number) => `Draw of experts for lot ${no}`,
    tender: 'Procurement',
    state: 'State',
    round: 'Round',
    next: 'Next',
    commitUntil: 'Commitments until',
    firstRevealUntil: 'Part of the centre until',
    revealUntil: 'Parts of the others until',
    evaluation: 'Evaluation',
    short: 'On record as not formed in time',
    seats: 'Seats',
    of: (confirmed: number, seats: number) => `${confirmed} of ${seats} confirmed`,
    candidates: 'Candidates, excluded',
    count: (candidates: number, excluded: number) => `${candidates} can be drawn, ${excluded} are excluded`,
    hash: 'Hash of the terms',
    parties: 'Parties',
    party: 'Party',
    committed: 'Commitment',
    revealed: 'Part of the seed',
    no: 'none',
    notYet: 'not handed in',
    calls: 'Calls',
    noCalls: 'Nothing is drawn yet: nobody is called.',
    call: 'No.',
    field: 'Field',
    asked: 'Called',
    until: 'Answer by',
    cleared: 'stated that there is no conflict',
    chosen: 'chosen, not drawn',
    states: {
      invited: 'waiting',
      confirmed: 'takes part',
      declined: 'declined',
      lapsed: 'no answer in time',
      withdrawn: 'withdrew',
    },
    acts: 'Acts',
    record: 'Record of the draw',
    recordLead:
      'With the record anybody repeats the draw off-line. It has no names; those of the members are disclosed with the award.',
    noRecord: 'Published with the draw.',
    download: 'Download the record (JSON)',
    verify: 'Check it in the browser',
    names: 'See the members (each time is on record)',
    again: 'Open another draw',
    presence: 'Venues, check-ins and presence of members',
    done: {
      commit: 'The commitment was handed in',
      reveal: 'The part was handed in',
      answer: 'The answer is recorded',
      replacement: 'The member is replaced',
    },
  },
};

type Act = keyof typeof MESSAGES.zh.done;
const ACTS: readonly Act[] = ['commit', 'reveal', 'answer', 'replacement'];

interface Sent {
  readonly act: Act;
  readonly call: number;
  readonly typed: Typed;
  readonly told: Told;
}

const NOTHING: Typed = new Map();
const last = (typed: Typed, name: string): string => (typed.get(name)?.at(-1) ?? '').trim();

/** Whether the table of roles has it somewhere; what the act itself judges, its refusal says. */
const may = (role: Role, action: 'draw.part' | 'committee.names' | 'committee.replace' | 'draw.open'): boolean =>
  'scope' in permission(role, action, { stage: 'evaluation', lotStage: 'evaluation' });

async function shown(context: PageContext, sent: Sent | null): Promise<Outcome> {
  const { lang, href, view } = context;
  const t = MESSAGES[lang];
  const [id, no] = [context.param('procurementId'), context.param('lot')];
  const lot = `/procurements/${id}/lots/${no}`;
  const [{ items, problem: unlisted }, read] = await Promise.all([
    listed<Listed>(context, '/draws', { procurementId: id, lotNo: no, limit: 1 }),
    context.ask({ method: 'get', path: `${lot}/committee` }),
  ]);
  const [draw] = items;
  if (read.problem || !draw)
    return {
      title: t.draws,
      status: read.problem ? read.status : 404,
      content: (
        <ConsoleFrame crumbs={[[DRAWS, t.draws]]}>
          <Refusal problem={read.problem ?? unlisted} alone />
        </ConsoleFrame>
      ),
    };
  const committee = read.body as Committee;
  const role = view.acting?.role ?? 'public';
  const party = PARTY_OF[role];
  const own = `${DRAWS}/${id}/${no}`;
  const problem = sent?.told.problem ?? null;
  const form = { action: own, typed: problem && sent ? sent.typed : NOTHING, errors: errorsOf(problem, lang) };
  const gives = may(role, 'draw.part') ? draw.turn : null;
  const isDrawn = committee.drawnAt !== null;
  return {
    title: `${t.title(draw.lotNo)}：${draw.title}`,
    status: problem?.status ?? 200,
    scripts: gives ? [await scriptPath('draw')] : [],
    content: (
      <ConsoleFrame crumbs={[[DRAWS, t.draws]]}>
        <h1>{t.title(draw.lotNo)}</h1>
        {sent && !problem ? <Note kind="good" title={t.done[sent.act]} /> : null}
        <Refusal problem={problem} />
        <Facts
          rows={[
            [t.tender, <a href={href(`/console/tenders/${id}`)}>{draw.title}</a>],
            [t.state, <span class={`tag ${drawTag(draw.state)}`}>{drawStateText(draw.state, lang)}</span>],
            ...(isOver(draw.state) || draw.state === 'formed'
              ? []
              : ([[t.next, <DrawNext draw={draw} />]] as readonly FactRow[])),
            [t.seats, t.of(draw.confirmed, draw.seats)],
            [t.round, String(draw.round)],
            [t.commitUntil, <Instant at={draw.commitUntil} bare />],
            [t.firstRevealUntil, <Instant at={draw.firstRevealUntil} bare />],
            [t.revealUntil, <Instant at={draw.revealUntil} bare />],
            [t.evaluation, <Instant at={draw.evaluationAt} />],
            ...(draw.shortAt === null ? [] : ([[t.short, <Instant at={draw.shortAt} bare />]] as readonly FactRow[])),
            [t.candidates, t.count(committee.candidates, committee.excluded)],
            [t.hash, <code>{committee.hash}</code>],
          ]}
        />
        {gives?.act === 'commit' && party ? <CommitForm {...form} drawId={draw.drawId} party={party} /> : null}
        {gives?.act === 'reveal' ? <RevealForm action={own} errors={form.errors} /> : null}
        <Table
          caption={t.parties}
          rows={DRAW_PARTIES.map((each) => ({
            party: each,
            given: committee.parties.find((one) => one.party === each),
          }))}
          empty=""
          columns={[
            { head: t.party, cell: (row) => drawPartyText(row.party, lang) },
            { head: t.committed, cell: ({ given }) => (given ? <Instant at={given.committedAt} bare /> : t.no) },
            {
              head: t.revealed,
              cell: ({ given }) => (given?.revealedAt ? <Instant at={given.revealedAt} bare /> : t.notYet),
            },
          ]}
        />
        <h2>{t.calls}</h2>
        <Table
          rows={committee.calls}
          empty={t.noCalls}
          columns={[
            { head: t.call, cell: (call) => String(call.no) },
            { head: t.field, cell: (call) => call.field },
            {
              head: t.state,
              cell: (call) => (
                <>
                  <span class={`tag ${call.state === 'confirmed' ? 'good' : call.state === 'invited' ? 'warn' : ''}`}>
                    {t.states[call.state]}
                  </span>
                  {call.cleared ? <div class="small soft">{t.cleared}</div> : null}
                  {call.chosen ? <div class="small soft">{t.chosen}</div> : null}
                </>
              ),
            },
            { head: t.asked, cell: (call) => <Instant at={call.askedAt} bare /> },
            { head: t.until, cell: (call) => <Instant at={call.answerUntil} countdown={call.state === 'invited'} /> },
            ...(may(role, 'committee.replace') ? [{ head: t.acts, cell: actsOf }] : []),
          ]}
        />
        <h2>{t.record}</h2>
        <p class="soft">{t.recordLead}</p>
        {isDrawn ? (
          <p class="buttons">
            <a class="button plain" href={`/api${lot}/committee/draw`} download={`draw-${draw.drawId}.json`}>
              {t.download}
            </a>
            <a href={href('/verify')}>{t.verify}</a>
          </p>
        ) : (
          <p>{t.noRecord}</p>
        )}
        <p class="buttons">
          {isDrawn && may(role, 'committee.names') ? (
            <a class="button plain" href={href(formHref('post', `${lot}/committee/names`, own))}>
              {t.names}
            </a>
          ) : null}
          {isDrawn && role === 'centre' ? (
            <a class="button plain" href={href(addressWith(`/console/read${lot}/evaluation/presence`, { back: own }))}>
              {t.presence}
            </a>
          ) : null}
          {draw.state === 'void' && may(role, 'draw.open') ? (
            <a class="button" href={href(formHref('post', `${lot}/committee/draws`, own))}>
              {t.again}
            </a>
          ) : null}
        </p>
      </ConsoleFrame>
    ),
  };

  function actsOf(call: Call) {
    if (isOver(committee.state)) return '';
    const given = { ...form, no: call.no, isSent: problem !== null && sent?.call === call.no };
    if (call.state === 'confirmed') return <ReplacementForm {...given} />;
    return call.state === 'invited' && role === 'centre' ? <AnswerForm {...given} /> : '';
  }
}

/** What a form of the page asks of the API. */
function requestOf(act: Act, typed: Typed, base: string): Asked {
  const call = last(typed, 'call');
  const reasonZh = last(typed, `reasonZh-${call}`);
  switch (act) {
    case 'commit':
      return { method: 'post', path: `${base}/commitment`, json: { commitment: last(typed, 'commitment') } };
    case 'reveal':
      return { method: 'post', path: `${base}/part`, json: { part: last(typed, 'part') } };
    case 'answer':
      return {
        ...{ method: 'post', path: `${base}/calls/${encodeURIComponent(call)}/answer` },
        json: { answer: last(typed, `answer-${call}`), reasonZh: reasonZh === '' ? null : reasonZh },
      };
    case 'replacement':
      return {
        ...{ method: 'post', path: `${base}/calls/${encodeURIComponent(call)}/replacement` },
        json: { departure: last(typed, `departure-${call}`), reasonZh },
      };
  }
}

/** One draw: who has given what, until when, who is called, without a name; and what the reader's party does in it. */
export const drawPages = [
  page({ path: `${DRAWS}/:procurementId/:lot`, for: 'person', handle: (context) => shown(context, null) }),
  page({
    path: `${DRAWS}/:procurementId/:lot`,
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const act = ACTS.find((each) => each === last(typed, '_do')) ?? 'commit';
      const base = `/procurements/${context.param('procurementId')}/lots/${context.param('lot')}/committee`;
      const told = await context.ask({ ...requestOf(act, typed, base), key: last(typed, '_key') });
      return shown(context, { act, call: Number(last(typed, 'call')), typed, told });
    },
  }),
];
