import pg from 'pg';
import { DomainError } from '../../domain/errors.ts';
import type { Storage } from '../access/database.ts';
import { LOCKS, SCHEMA } from './connection.ts';

// Two roles: one owns the schema, and is used by `kaibiao migrate` alone; the service connects as another, which owns
// nothing (ADR 0038). For a first try one role is both.

/** The owner's is of the table `installation`; the service's the one that may take our locks. */
export const ROLES_OF = `SELECT i.relowner AS owner,
    (SELECT a.grantee FROM pg_catalog.pg_class l, pg_catalog.aclexplode(l.relacl) a
      WHERE l.relnamespace = i.relnamespace AND l.relname = '${LOCKS}' AND a.privilege_type = 'DELETE' AND a.grantee NOT IN (0, i.relowner)
      ORDER BY pg_catalog.pg_get_userbyid(a.grantee) <> current_user, a.grantee LIMIT 1) AS service
  FROM pg_catalog.pg_class i WHERE i.relname = 'installation' AND i.relnamespace = pg_catalog.to_regnamespace('${SCHEMA}')`;

export interface Roles {
  /** The role of this connection. */
  readonly current: string;
  /** Null before the schema is made. */
  readonly owner: string | null;
  /** Null where one role is both. */
  readonly service: string | null;
  /** Whether this connection's role may do what the owner may. */
  readonly mayChange: boolean;
}

export async function rolesOf(on: pg.ClientBase | pg.Pool): Promise<Roles> {
  const { rows } = await on.query<Roles>(
    `WITH roles AS (${ROLES_OF}), place AS (SELECT pg_catalog.to_regnamespace('${SCHEMA}')::pg_catalog.oid AS schema)
     SELECT current_user AS current, pg_catalog.pg_get_userbyid(roles.owner) AS owner, pg_catalog.pg_get_userbyid(roles.service) AS service,
       CASE WHEN roles.owner IS NOT NULL THEN pg_catalog.pg_has_role(roles.owner, 'USAGE')
         WHEN place.schema IS NOT NULL THEN pg_catalog.has_schema_privilege(place.schema, 'CREATE')
         ELSE pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') END AS "mayChange"
     FROM place LEFT JOIN roles ON true`,
  );
  const [roles] = rows;
  if (!roles) throw new Error('PostgreSQL does not say who is connected');
  return roles;
}

/** Whether the role of this connection is not the one that owns what it writes to. */
export const isSeparate = ({ current, service }: Roles): boolean => service === current;

/** A database on a server, and the address of its owner where that is not the role of `url`. */
export type PostgresPlace = { readonly url: string } & Pick<Storage, 'ownerUrl'>;

/**
 * The role that the service connects as, or is to connect as; null where that is the owner.
 * @throws DomainError `database-role` where the two addresses are not of two roles on one database
 */
export function serviceOf({ url, ownerUrl }: PostgresPlace, { current, service }: Roles): string | null {
  if (ownerUrl === undefined) return service === current ? null : service;
  const [own, owner] = [url, ownerUrl].map((each) => new pg.Client({ connectionString: each }));
  if (own && own.database === owner?.database && own.user !== undefined && own.user !== current) return own.user;
  throw new DomainError('database-role', {
    messageZh: `DATABASE_URL 与 KAIBIAO_MIGRATION_URL 应为同一数据库的两个用户：服务的用户，及其属主（${current}）`,
    messageEn: `DATABASE_URL and KAIBIAO_MIGRATION_URL must name two roles of one database: the service’s, and the owner (${current})`,
  });
}

const MIGRATE = {
  zh: '请以属主的地址运行 kaibiao migrate（KAIBIAO_MIGRATION_URL）',
  en: 'run kaibiao migrate with the address of its owner (KAIBIAO_MIGRATION_URL)',
};

/** @throws DomainError `database-role` */
export function refuseWithoutRights({ current, owner }: Roles): never {
  throw new DomainError('database-role', {
    messageZh:
      owner === null
        ? `数据库尚未建立结构，用户 ${current} 无权建立：${MIGRATE.zh}`
        : `数据库的结构须由其属主 ${owner} 改动，用户 ${current} 无权：${MIGRATE.zh}`,
    messageEn:
      owner === null
        ? `the database has no schema yet, and the role ${current} may not make it: ${MIGRATE.en}`
        : `the schema is changed by its owner ${owner} alone, and not by the role ${current}: ${MIGRATE.en}`,
    details: { role: current, ...(owner === null ? {} : { owner }) },
  });
}

/**
 * The service connects as its own role where there is one, and must have one where two are required.
 * @throws DomainError `database-role`
 */
export function refuseOtherRole(roles: Roles, required: 'one' | 'two'): void {
  const { current, owner, service } = roles;
  if (isSeparate(roles)) return;
  if (owner === null && !roles.mayChange) refuseWithoutRights(roles);
  if (service !== null) {
    throw new DomainError('database-role', {
      messageZh: `该数据库的服务应以用户 ${service} 连接，DATABASE_URL 中却是 ${current}${current === owner ? '（属主）' : ''}，拒绝运行`,
      messageEn: `the service of this database connects as the role ${service}, and DATABASE_URL names ${current}${current === owner ? ', its owner' : ''}; refused`,
      details: { role: current, service },
    });
  }
  if (required === 'one') return;
  throw new DomainError('database-role', {
    messageZh: `NODE_ENV=production 下，服务的数据库用户不得是属主（${current}）：窃得其连接的人可以改掉触发器。请另建属主，见 docs/operations.md「PostgreSQL」；${MIGRATE.zh}`,
    messageEn: `under NODE_ENV=production the service’s role must not be the owner, as ${current} is: who steals its connection can remove triggers. Create an owner (docs/operations.en.md, PostgreSQL), and ${MIGRATE.en}`,
    details: { role: current },
  });
}
