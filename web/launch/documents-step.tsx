import type { Child } from '#jsx';
import type { Problem } from '../../api/http/problems.ts';
import { TextField } from '../parts/field.tsx';
import { errorsOf, Form, Refusal } from '../parts/form.tsx';
import { Instant } from '../parts/instant.tsx';
import { Table } from '../parts/table.tsx';
import { messageIn } from '../http/language.ts';
import { Note } from '../parts/note.tsx';
import type { PageContext } from '../http/page.ts';
import type { Tender } from './draft.ts';
import { stepPath } from './frame.tsx';
import type { Violation } from './violations.tsx';

const MESSAGES = {
  zh: {
    upload: '上传',
    file: '招标（采购）文件',
    name: '文件名',
    size: '大小',
    at: '上传时间',
    none: '还没有文件。公告之前须上传招标（采购）文件。',
    next: '下一步',
    hint: '最大 200 MB；平台计算其 SHA-256，发起后不能再增加。',
  },
  en: {
    upload: 'Upload',
    file: 'Tender documents',
    name: 'Name',
    size: 'Size',
    at: 'Uploaded',
    none: 'No documents yet. The tender documents are uploaded before the notice.',
    next: 'Next step',
    hint: '200 MB at most; the platform computes its SHA-256. None is added after the launch.',
  },
};

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly uploadedAt: string;
}

const sizeText = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** The documents of a draft, what the law still wants of them, and the form that adds one. */
export async function documentsStep(
  context: PageContext,
  tender: Tender,
  problem: Problem | null,
  violations: readonly Violation[],
): Promise<Child> {
  const t = MESSAGES[context.lang];
  const { body } = await context.ask({ method: 'get', path: `/procurements/${tender.id}/documents` });
  const { items = [] } = (body ?? {}) as { items?: Listed[] };
  return (
    <>
      <Refusal problem={problem} linked />
      {violations
        .filter(
          ({ field }) =>
            field.startsWith('documents') && !field.startsWith('documentsFrom') && !field.startsWith('documentsUntil'),
        )
        .map((violation) => (
          <Note kind={violation.severity === 'block' ? 'fault' : 'warn'}>{messageIn(context.lang, violation)}</Note>
        ))}
      <Table
        rows={items}
        empty={t.none}
        columns={[
          {
            head: t.name,
            cell: ({ id, name }) => (
              <a href={`/api/procurements/${tender.id}/documents/${id}/content`} download={name}>
                {name}
              </a>
            ),
          },
          { head: t.size, cell: ({ size }) => sizeText(size), number: true },
          { head: 'SHA-256', cell: ({ sha256 }) => <span class="code small">{sha256.slice(0, 16)}…</span> },
          { head: t.at, cell: ({ uploadedAt }) => <Instant at={uploadedAt} bare /> },
        ]}
      />
      <Form action={`/console/launch/${tender.id}/documents`} submit={t.upload} files guard={false}>
        <TextField
          name="_file"
          label={t.file}
          hint={t.hint}
          type="file"
          wanted
          errors={errorsOf(problem, context.lang)}
        />
      </Form>
      <p class="buttons">
        <a class="button plain" href={context.href(stepPath(tender.id, 'scheme'))}>
          {t.next}
        </a>
      </p>
    </>
  );
}
