import { LOCKS, SCHEMA } from './connection.ts';
import { ROLES_OF } from './roles.ts';

// Who may do what, as one line a grant, compared with the lines of a new database (schema.ts). The owner's and the
// service's role are called so, whatever their names.

const named = (role: string) =>
  `CASE ${role} WHEN 0 THEN 'PUBLIC' WHEN roles.owner THEN 'owner' WHEN roles.service THEN 'service' ELSE pg_catalog.pg_get_userbyid(${role})::text END`;

/** Rights of others than the owner; in the database itself, where others may have theirs, those of the service and of everybody. */
const GRANTS = `
  SELECT 'schema' AS on, nspowner AS owner, a.* FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a WHERE n.nspname = '${SCHEMA}'
  UNION ALL SELECT pg_catalog.concat('table ', c.relname), c.relowner, a.* FROM tables c, pg_catalog.aclexplode(c.relacl) a
  UNION ALL SELECT pg_catalog.concat('column ', c.relname, '.', t.attname), c.relowner, a.*
    FROM tables c JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid, pg_catalog.aclexplode(t.attacl) a
  UNION ALL SELECT pg_catalog.concat('function ', p.proname, '(', pg_catalog.pg_get_function_identity_arguments(p.oid), ')'), p.proowner, a.*
    FROM pg_catalog.pg_proc p JOIN ours ON p.pronamespace = ours.schema,
    pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
  UNION ALL SELECT 'database', d.datdba, a.* FROM roles, pg_catalog.pg_database d,
    pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
    WHERE d.datname = pg_catalog.current_database() AND roles.service IS NOT NULL AND a.grantee IN (0, roles.service)`;

/** What would make the service's role more than one that reads and writes rows. */
const POWERS = `
  SELECT 'superuser' AS power FROM pg_catalog.pg_roles r, roles WHERE r.oid = roles.service AND r.rolsuper
  UNION ALL SELECT 'create databases' FROM pg_catalog.pg_roles r, roles WHERE r.oid = roles.service AND r.rolcreatedb
  UNION ALL SELECT 'create roles' FROM pg_catalog.pg_roles r, roles WHERE r.oid = roles.service AND r.rolcreaterole
  UNION ALL SELECT 'replicate' FROM pg_catalog.pg_roles r, roles WHERE r.oid = roles.service AND r.rolreplication
  UNION ALL SELECT 'pass by row security' FROM pg_catalog.pg_roles r, roles WHERE r.oid = roles.service AND r.rolbypassrls
  UNION ALL SELECT 'create schemas' FROM roles WHERE roles.service IS NOT NULL
    AND pg_catalog.has_database_privilege(roles.service, pg_catalog.current_database(), 'CREATE')
  UNION ALL SELECT pg_catalog.concat('create in schema ', n.nspname) FROM pg_catalog.pg_namespace n, roles
    WHERE roles.service IS NOT NULL AND n.nspname !~ '^pg_(temp|toast)' AND pg_catalog.has_schema_privilege(roles.service, n.oid, 'CREATE')
  UNION ALL SELECT pg_catalog.concat('set ', p.parname) FROM pg_catalog.pg_parameter_acl p, pg_catalog.aclexplode(p.paracl) a, roles
    WHERE a.grantee IN (0, roles.service) AND roles.service IS NOT NULL`;

/** Which it could leave for its own later sessions. */
const SETTINGS = `SELECT pg_catalog.split_part(setting, '=', 1) AS name, setting
  FROM pg_catalog.pg_db_role_setting s, roles, pg_catalog.unnest(s.setconfig) AS setting
  WHERE s.setrole = roles.service AND s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))`;

/** But the tables of sessions, in which what a transaction writes is noted. */
const OWNED = `SELECT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid) AS name FROM pg_catalog.pg_shdepend d, roles
  WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = roles.service AND d.deptype = 'o'
  AND d.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
    AND c.oid = d.objid AND c.relpersistence = 't')`;

/** From version 16 on a role may be made another's administrator without being able to act as it. */
const ACTS_AS = `(pg_catalog.to_jsonb(m) ->> 'inherit_option' IS DISTINCT FROM 'false' OR pg_catalog.to_jsonb(m) ->> 'set_option' IS DISTINCT FROM 'false')`;

export const RIGHTS = `
WITH ours AS (SELECT pg_catalog.to_regnamespace('${SCHEMA}') AS schema),
  tables AS (SELECT c.* FROM pg_catalog.pg_class c, ours WHERE c.relnamespace = ours.schema),
  roles AS (${ROLES_OF})
SELECT 'owner of the schema', ${named('n.nspowner')} FROM pg_catalog.pg_namespace n, roles WHERE n.nspname = '${SCHEMA}'
UNION ALL SELECT pg_catalog.concat('grant on ', g.on, ' to ', ${named('g.grantee')}),
    pg_catalog.string_agg(pg_catalog.concat(g.privilege_type, CASE WHEN g.is_grantable THEN ' with grant option' END), ', ' ORDER BY g.privilege_type)
  FROM (${GRANTS}) g, roles WHERE g.grantee <> g.owner GROUP BY 1
UNION ALL SELECT pg_catalog.concat('member of the ', ${named('m.roleid')}, ' ', pg_catalog.pg_get_userbyid(m.member)), ''
  FROM pg_catalog.pg_auth_members m, roles WHERE roles.service IS NOT NULL AND m.roleid IN (roles.owner, roles.service) AND ${ACTS_AS}
UNION ALL SELECT pg_catalog.concat('role that the service is a member of ', pg_catalog.pg_get_userbyid(m.roleid)), ''
  FROM pg_catalog.pg_auth_members m, roles WHERE m.member = roles.service AND ${ACTS_AS}
UNION ALL SELECT pg_catalog.concat('default grant of the ', ${named('d.defaclrole')}, ' on ', d.defaclobjtype, ' to ', ${named('a.grantee')}),
    pg_catalog.string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
  FROM pg_catalog.pg_default_acl d, roles, ours, pg_catalog.aclexplode(d.defaclacl) a
  WHERE (d.defaclrole IN (roles.owner, roles.service) OR d.defaclnamespace = ours.schema) AND a.grantee <> d.defaclrole GROUP BY 1
UNION ALL SELECT pg_catalog.concat('right of the service to ', power), '' FROM (${POWERS}) p
UNION ALL SELECT pg_catalog.concat('setting of the service ', name), setting FROM (${SETTINGS}) s
UNION ALL SELECT pg_catalog.concat('owned by the service: ', name), '' FROM (${OWNED}) o`;

/** By which the service’s role is known (roles.ts). */
export const SERVICE_IS_THERE = `grant on table ${LOCKS} to service`;

/** Whether a line is there only where the service has a role of its own. */
export const ofService = (line: string): boolean => line.startsWith('grant on ') && line.endsWith(' to service');
