import type * as z from 'zod';
import type { proofSchema } from '../../api/log/audit.ts';
import type { Told } from '../../api/visit.ts';
import { ConsoleFrame } from '../console/frame.tsx';
import { addressWith } from '../http/listed.ts';
import { page } from '../http/page.ts';
import { Facts } from '../parts/facts.tsx';
import { Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Note } from '../parts/note.tsx';
import { AUDIT } from './audit-page.tsx';

type Proof = z.infer<typeof proofSchema>;

const MESSAGES = {
  zh: {
    title: '审计记录的日志证明',
    back: '审计记录',
    lead: '这条记录的哈希是日志（RFC 6962）的一片叶子；沿证明路径算出签名树头的根，即证明这条记录在签名之后没有改动、没有删除。',
    waits: '还没有包含这条记录的签名树头',
    waitsWhy: '日志每次发布公告、每日签名；签名之后这里有证明。',
    hash: '记录的哈希',
    fact: '所记文件、公告等的哈希',
    leaf: '叶子',
    index: '在日志中的位置',
    size: '树头包含的叶子数',
    root: '树头的根',
    signed: '签名时间',
    path: '证明路径',
    jws: '签名（JWS）',
    verify: '离线核验',
    export: '下载整个日志',
  },
  en: {
    title: 'Proof of an entry of the trail',
    back: 'Audit trail',
    lead: 'The hash of this entry is a leaf of the log (RFC 6962). Where its path leads to the root of the signed head, the entry was neither changed nor removed since it was signed.',
    waits: 'No signed head is over this entry yet',
    waitsWhy: 'The log is signed at each publication and each day; then the proof is here.',
    hash: 'Hash of the entry',
    fact: 'Hash of what it is about',
    leaf: 'Leaf',
    index: 'Place in the log',
    size: 'Leaves under the head',
    root: 'Root of the head',
    signed: 'Signed',
    path: 'Path',
    jws: 'Signature (JWS)',
    verify: 'Verify off-line',
    export: 'Download the log',
  },
};

/** That an entry of the trail is in the log. */
export const auditProofPages = [
  page({
    path: `${AUDIT}/proof`,
    for: 'person',
    handle: async (context) => {
      const { lang, href, query } = context;
      const t = MESSAGES[lang];
      const told: Told = await context.ask({
        method: 'get',
        path: addressWith('/log/entry', { hash: query('hash'), at: query('at') }),
      });
      const proof = told.problem ? null : (told.body as Proof);
      const code = (text: string) => <code>{text}</code>;
      return {
        title: t.title,
        status: told.status,
        content: (
          <ConsoleFrame crumbs={[[AUDIT, t.back]]}>
            <h1>{t.title}</h1>
            <Refusal problem={told.problem} />
            {proof === null ? null : (
              <>
                <p class="soft">{t.lead}</p>
                {proof.head === null ? (
                  <Note kind="warn" title={t.waits}>
                    <p>{t.waitsWhy}</p>
                  </Note>
                ) : null}
                <Facts
                  rows={[
                    [t.hash, code(proof.hash)],
                    [t.fact, code(proof.fact)],
                    [t.leaf, code(proof.leaf)],
                    ...(proof.head
                      ? ([
                          [t.index, String(proof.index)],
                          [t.size, String(proof.head.size)],
                          [t.root, code(proof.head.root)],
                          [t.signed, <Instant at={proof.head.signedAt} />],
                          [
                            t.path,
                            <ol>
                              {(proof.inclusion ?? []).map((each) => (
                                <li>{code(each)}</li>
                              ))}
                            </ol>,
                          ],
                          [t.jws, code(proof.head.jws)],
                        ] as const)
                      : []),
                  ]}
                />
                <p class="buttons">
                  <a class="button plain" href={href('/verify')}>
                    {t.verify}
                  </a>
                  <a class="button plain" href={href('/console/read/log/export')}>
                    {t.export}
                  </a>
                </p>
              </>
            )}
          </ConsoleFrame>
        ),
      };
    },
  }),
];
