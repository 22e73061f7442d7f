import { sentFile } from '../acts/pages.tsx';
import { typedOf } from '../acts/form-values.ts';
import { page } from '../http/page.ts';
import { stepPath } from './frame.tsx';
import { showStep } from './step-page.tsx';

/** The document of a draft, and its launch. */
export const launchActPages = [
  page({
    path: '/console/launch/:id/documents',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const id = context.param('id');
      const { told } = await sentFile(context.request, async (fields, file) => {
        await context.assertForm(fields.get('_token')?.at(-1));
        const name = encodeURIComponent(file?.name ?? '');
        const key = fields.get('_key')?.at(-1);
        return context.ask({
          ...{ method: 'post', path: `/procurements/${id}/documents?kind=tender-documents&name=${name}` },
          ...(key ? { key } : {}),
          ...(file ? { file: { stream: file.stream, mediaType: file.mediaType } } : {}),
        });
      });
      if (told.problem) return showStep(context, 'documents', { saved: { told, inPart: false } });
      return { redirect: stepPath(id, 'documents') };
    },
  }),
  page({
    path: '/console/launch/:id/launch',
    method: 'post',
    for: 'person',
    handle: async (context) => {
      const id = context.param('id');
      const typed = typedOf(context.request.body);
      await context.assertForm(typed.get('_token')?.at(-1));
      const key = typed.get('_key')?.at(-1);
      const told = await context.ask({ method: 'post', path: `/procurements/${id}/launch`, ...(key ? { key } : {}) });
      if (told.problem) return showStep(context, 'check', { saved: { told, inPart: false } });
      const { id: preparedId } = told.body as { id?: string };
      return { redirect: told.status === 202 ? `/console/prepared/${preparedId}` : `/console/tenders/${id}` };
    },
  }),
];
