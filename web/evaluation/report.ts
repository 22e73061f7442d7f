import { instantZh } from '../../domain/civil-time.ts';
import type { Inquiry, Motion } from '../../domain/evaluation/acts.ts';
import { venueOf } from '../../domain/evaluation/venues.ts';
import type { EvaluationRecord } from '../../domain/evaluation/record.ts';
import type { Tie } from '../../domain/evaluation/scoring/rank.ts';
import { exact, shown } from '../../domain/evaluation/scoring/fraction.ts';
import { showFen } from '../../domain/evaluation/scoring/steps.ts';
import type { Entry } from '../../domain/evaluation/sheets/marks.ts';
import { canonicalHash } from '../../proofs/hash.ts';
import { facts, heading, paragraph, section, table } from '../notices/blocks.ts';
import type { Block, NoticeDocument } from '../notices/document.ts';
import { documentHtml } from '../notices/html.ts';

/** Prints a report of an evaluation; null instead of a PDF that would be endless. The same record gives the same bytes. */
export function evaluationPrinter(
  publicUrl: string,
): (record: EvaluationRecord) => Promise<{ readonly html: string; readonly pdf: Buffer | null }> {
  const site = publicUrl.replace(/\/+$/, '');
  return async (record) => {
    const document = evaluationDocument(record);
    const url = `${site}/api/procurements/${record.procurementId}/lots/${record.lotNo}/report`;
    const html = documentHtml(document, url);
    // Its library is not loaded before the first is printed.
    const [{ documentPdf }, { MOST_CHARACTERS }] = await Promise.all([
      import('../notices/pdf.ts'),
      import('../notices/pdf-text.ts'),
    ]);
    if (JSON.stringify(document).length > MOST_CHARACTERS) return { html, pdf: null };
    const endingZh = '内容哈希为评审记录（RFC 8785 规范化 JSON）的 SHA-256。成员以编号列示，名单在结果确定后公告。';
    return { html, pdf: await documentPdf(document, { url, publishedAt: record.endedAt, endingZh }) };
  };
}

const SIGNED_ZH = { signed: '签署', dissent: '保留意见', refused: '拒绝签署' } as const;

function evaluationDocument(record: EvaluationRecord): NoticeDocument {
  const { words, scheme, outcome, members } = record;
  const suppliers = new Map(record.bids.map(({ bidId, supplier }) => [bidId, supplier]));
  const nameOf = (bidId: string): string => suppliers.get(bidId) ?? bidId;
  return {
    title: `${words.evaluation}报告：${record.procurement}（${record.lotTitle}）`,
    drill: record.drill,
    blocks: [
      ...facts(
        ['项目编号（平台）', record.procurementId],
        ['标段（包）', `第 ${record.lotNo} 标段（包）`],
        [`${words.evaluation}方法`, METHODS[scheme.method]],
        [`${words.evaluation}办法的 SHA-256`, record.schemeHash],
        ['结束时间', instantZh(record.endedAt)],
      ),
      ...section(
        words.committee,
        table(
          ['成员', '类别', '签署', '理由'],
          members.map(({ memberId, kind, replaced, signature, reasonsZh }) => [
            memberId === record.leader ? `${memberId}（组长）` : memberId,
            kind === 'expert' ? '评标专家' : '采购人代表',
            replaced ? '已更换，意见作废' : signedZh(record, memberId, signature),
            reasonsZh ?? '—',
          ]),
        ),
      ),
      ...placeBlocks(record),
      ...(record.reopened
        ? section(
            '复核',
            paragraph(
              `本报告为复核后的报告（${record.reopened.recheckId}）。重新${words.evaluation}的${words.bid}：${record.reopened.bidIds.map(nameOf).join('、')}；${record.reopened.items === null ? '全部项' : `项：${record.reopened.items.join('、')}`}。其余未作改动，复核之前的报告仍予保留。`,
            ),
          )
        : []),
      ...section(
        '结果',
        table(
          ['排序', words.bid, '得分', '评标价（元）', '推荐'],
          outcome.valid.map(({ bidId, rank, total, evaluatedFen, candidate }) => [
            rank === null ? '—' : String(rank),
            nameOf(bidId),
            total === null ? '—' : `${shown(exact(total), scheme.digits)}（${total}）`,
            showFen(exact(evaluatedFen)),
            candidate ? '候选人' : '',
          ]),
        ),
        ...outcome.ties.map((tie) => paragraph(tieZh(record, tie, nameOf))),
        ...outcome.brandsDrawn.map((equal) =>
          paragraph(`${equal.map(nameOf).join('、')}提供相同品牌产品，得分（报价）相同；先后如所列，以随机抽取确定。`),
        ),
        outcome.stopped ? paragraph(`${outcome.stopped.count} 家，不足 ${outcome.stopped.least} 家，终止评审`) : [],
        table(
          ['否决', '情形', '理由', '依据'],
          outcome.rejected.map(({ bidId, ground, zh, rule }) => [
            nameOf(bidId),
            String(ground),
            zh,
            record.rules[rule] ?? rule,
          ]),
        ),
        table(
          ['低价', '比较对象', '界限（元）', '报价（元）'],
          outcome.low.map(({ bidId, of, limit, priceFen }) => [
            nameOf(bidId),
            of,
            showFen(exact(limit)),
            showFen(exact(String(priceFen))),
          ]),
        ),
      ),
      ...(record.drawn
        ? section(
            '随机抽取',
            table(
              ['次序', words.bid, '文件 SHA-256', '内容 SHA-256'],
              record.drawn.bids.map(({ bidId, file }, index) => [
                String(index + 1),
                nameOf(bidId),
                file,
                record.drawn?.terms.bids.find((each) => each.file === file)?.content ?? '—',
              ]),
            ),
            paragraph(
              `并列而文件不能定其先后的，以随机抽取的次序为准：种子为 ${record.drawn.terms.format}、项目编号、标段号和上列各项哈希（按文件哈希排列）的规范化 JSON（RFC 8785）的 SHA-256；各${words.bid}以 HMAC-SHA256（种子，文件哈希）由小到大排列。所列文件哈希同回执和开标记录，内容哈希同审计记录中的解密记录，均在评审之前确定。`,
            ),
          )
        : []),
      ...(record.numbering
        ? section(
            '暗标编号',
            table(
              ['编号', words.bid, '投标 id'],
              record.numbering.bids.map(({ number, bidId }) => [String(number), nameOf(bidId), bidId]),
            ),
            paragraph(
              `技术评分签署之前，暗标部分以编号评审。编号密钥 ${record.numbering.secret}，其 SHA-256 ${record.numbering.commitment} 在查看投标文件之前记入审计记录；各投标以 HMAC-SHA256（密钥，投标 id）的前 16 字节（UUID 第 8 版）排序。`,
            ),
          )
        : []),
      ...record.bids.flatMap(({ bidId, supplier }) => [heading(supplier), ...bidBlocks(record, bidId)]),
      ...section(
        '表决',
        table(
          ['事项', '同意', '反对', '结果'],
          record.motions.map(({ motion, yes, no, adopted }) => [
            motionZh(motion, nameOf),
            yes.join('、'),
            no.join('、'),
            adopted === null ? '未决' : adopted ? '通过' : '未通过',
          ]),
        ),
        table(
          ['要求投标人说明、澄清', '要求', '答复'],
          record.requests.map(({ bidId, about, answer, until }) => [
            nameOf(bidId),
            askedZh(about),
            answer === null
              ? `${instantZh(until)} 前未答复`
              : [
                  answer.textZh,
                  ...(about.on === 'clarification'
                    ? about.confirm.map((item, index) => `${item}：${answer.confirmed[index] ? '确认' : '不确认'}`)
                    : []),
                  ...(answer.name === null ? [] : [`签字：${answer.name}`]),
                ].join('；'),
          ]),
        ),
      ),
      ...section(
        '评标时间的延长',
        table(
          ['延长于', '延长至', '认为时间不够的成员'],
          record.extensions.map(({ at, until, asking, of }) => [instantZh(at), instantZh(until), `${asking}/${of}`]),
        ),
      ),
      ...section(
        '签署前的核对',
        table(
          ['所见', '确认的理由'],
          record.findings.map(({ key, zh }) => [
            zh,
            record.answers.find((answer) => answer.key === key)?.reasonZh ?? '已更正',
          ]),
        ),
      ),
    ],
    colophon: [['结束时间', instantZh(record.endedAt)]],
    hash: canonicalHash(record),
  };
}

const EVENTS_ZH = { venues: '登记场所', 'check-in': '核验身份，入场', in: '返场', out: '离场' } as const;
const REMOTE_ZH = '远程席位';

/** Where the committee sat, and who was there when. */
const placeBlocks = ({ words, seating, members, presence }: EvaluationRecord): Block[] => [
  ...(seating === null
    ? []
    : section(
        `${words.evaluation}场所`,
        table(
          ['场所', '名称', '房间', '成员'],
          seating.venues.map(({ name, room }, index) => [
            index === 0 ? '主场' : `副场 ${index}`,
            ...[name, room],
            seatedZh(members, (memberId) => venueOf(seating, memberId)?.no === index + 1),
          ]),
        ),
        table(
          [REMOTE_ZH],
          members.filter(({ memberId }) => venueOf(seating, memberId) === null).map(({ memberId }) => [memberId]),
        ),
      )),
  ...section(
    '到场记录',
    table(
      ['时间', '成员', '事项', '场所'],
      presence.map(({ at, event, memberId, venue }) => [
        instantZh(at),
        memberId ?? '—',
        EVENTS_ZH[event],
        venue === null ? REMOTE_ZH : `${venue.name}（${venue.room}）`,
      ]),
    ),
  ),
];

const seatedZh = (members: EvaluationRecord['members'], sits: (memberId: string) => boolean): string =>
  members
    .filter(({ memberId }) => sits(memberId))
    .map(({ memberId }) => memberId)
    .join('、') || '—';

const METHODS = {
  comprehensive: '综合评分（综合评估）',
  'lowest-evaluated': '最低评标价（经评审的最低投标价）',
  'lowest-price': '最低价',
} as const;

function signedZh({ signing }: EvaluationRecord, memberId: string, signature: keyof typeof SIGNED_ZH | null): string {
  const deemed = signing.deemed.includes(memberId) ? `，视为同意${signing.deemedBy.zh}` : '';
  return `${signature === null ? '未签署' : SIGNED_ZH[signature]}${deemed}`;
}

/** Every mark of a bid, and every step to its points. */
function bidBlocks({ scheme, sheets, outcome, rules }: EvaluationRecord, bidId: string): Block[] {
  const items = [...scheme.qualification, ...scheme.conformity, ...scheme.criteria];
  const nameOf = (key: string): string => items.find((item) => item.key === key)?.nameZh ?? key;
  const marks = sheets
    .filter((sheet) => sheet.bidId === bidId)
    .flatMap(({ memberId, entries }) =>
      entries.map((entry) => [nameOf(entry.item), memberId, entryZh(entry), entry.reasonZh ?? '—']),
    );
  const steps = outcome.valid.find((each) => each.bidId === bidId)?.steps ?? [];
  return [
    ...table(['项目', '成员', '评审意见', '理由'], marks),
    ...table(
      ['步骤', '公式', '结果', '依据'],
      steps.map(({ zh, formula, result, shown: text, rule }) => [
        zh,
        formula,
        result === text ? text : `${text}（${result}）`,
        rule === null ? '文件' : (rules[rule] ?? rule),
      ]),
    ),
  ];
}

function entryZh(entry: Entry): string {
  if ('passes' in entry) return entry.passes ? '通过' : `不通过（第 ${entry.ground ?? '?'} 项）`;
  return 'points' in entry ? entry.points : entry.value;
}

function tieZh(
  { tieRule, rules }: EvaluationRecord,
  { rank, bidIds, shared, drawn }: Tie,
  nameOf: (bidId: string) => string,
): string {
  const by =
    drawn.length === 0
      ? '依文件规定的方式'
      : `其中${drawn.map((group) => group.map(nameOf).join('、')).join('；')}以随机抽取`;
  const equal = shared ? `并列第 ${rank} 名` : '相同';
  return `${bidIds.map(nameOf).join('、')}${equal}（${rules[tieRule] ?? tieRule}）；先后如所列，${by}确定。`;
}

function askedZh(about: Inquiry): string {
  switch (about.on) {
    case 'low-price':
      return '说明报价';
    case 'correction':
      return '确认修正后的报价';
    case 'clarification':
      return [about.textZh, ...about.confirm].join('；');
  }
}

function motionZh(motion: Motion, nameOf: (bidId: string) => string): string {
  switch (motion.on) {
    case 'price':
      return `${nameOf(motion.bidId)}的报价 ${showFen(exact(String(motion.priceFen)))} 元`;
    case 'correction':
      return `${nameOf(motion.bidId)}的报价修正：${motion.corrections.map(({ noteZh, toFen }) => `${noteZh}，${showFen(exact(String(toFen)))} 元`).join('；')}`;
    case 'brand':
      return `${nameOf(motion.bidId)}的核心产品品牌：${motion.brand}`;
    case 'claims':
      return `${nameOf(motion.bidId)}的政策扣除：${motion.claims.map(({ key, granted }) => `${key} ${granted ? '给予' : '不给予'}`).join('；')}`;
    case 'deviations':
      return `${nameOf(motion.bidId)}的商务偏差：${Object.entries(motion.deviations)
        .map(([key, value]) => `${key} ${value}`)
        .join('；')}`;
    case 'low-price':
      return `${nameOf(motion.bidId)}的低价${motion.reasonable ? '合理' : '不合理'}：${motion.reasonZh}`;
    case 'clarification':
      return `要求${nameOf(motion.bidId)}澄清：${motion.textZh}`;
    case 'outlier':
      return `${motion.memberId} 对${nameOf(motion.bidId)}“${motion.item}”的评分畸高、畸低：${motion.reasonZh}`;
    case 'competition':
      return `${motion.left === 'sufficient' ? '仍有竞争' : '明显缺乏竞争'}：${motion.reasonZh}`;
  }
}
