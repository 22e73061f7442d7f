#!/bin/sh
# A database and an owner for each use, made when the volume is new. Kaibiao’s service connects as another role than the
# owner, to which `kaibiao migrate` grants what it needs.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres \
  --set owner="$KAIBIAO_OWNER_PASSWORD" --set kaibiao="$KAIBIAO_DATABASE_PASSWORD" --set temporal="$TEMPORAL_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE kaibiao_owner LOGIN PASSWORD :'owner';
CREATE ROLE kaibiao LOGIN PASSWORD :'kaibiao';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE kaibiao OWNER kaibiao_owner ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT, TEMPORARY ON DATABASE kaibiao, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE kaibiao TO kaibiao;
SQL
