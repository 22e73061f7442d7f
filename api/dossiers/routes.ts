import * as z from 'zod';
import { organisationById } from '../../db/organisations.ts';
import { recordDossier } from '../../services/dossiers/hand-out.ts';
import { ok, route, type Route } from '../http/route.ts';
import { id } from '../http/schemas.ts';
import { makeDossier } from './make.ts';

/** @param routes those that show the parts of a dossier */
export const dossierRoutes = (routes: readonly Route[]): Route[] => [
  route({
    method: 'get',
    path: '/procurements/{id}/dossier',
    action: 'dossier.make',
    at: 'procurement',
    tag: 'procurements',
    zh: '项目档案（zip）：您可以看到的一切及其证明，附清单和目录，所缺的写明原因；离线核验：kaibiao verify dossier。记入审计',
    en: 'The dossier (zip): all that you may see of it, with its proofs, a manifest and a table of contents, and why the rest is left out; for kaibiao verify dossier. It is recorded in the audit trail',
    params: z.object({ id }),
    outcomes: [{ status: 200, file: 'application/zip', zh: '档案', en: 'The dossier' }],
    handle: async ({ services, procurement, role, organisationId, who, actor, commit }) => {
      const { read } = services.db;
      const { name, stream } = await makeDossier(routes, services, procurement, {
        ...{ who, actor, acting: { role, organisationId } },
        person: who?.account.name ?? null,
        organisation: organisationId === null ? null : (await organisationById(read, organisationId)).name,
        record: () =>
          commit(async (tx) => {
            recordDossier(tx, actor, procurement.id);
            return ok(null);
          }),
      });
      return { ...ok(undefined), file: { stream, name, mediaType: 'application/zip', size: null } };
    },
  }),
];
