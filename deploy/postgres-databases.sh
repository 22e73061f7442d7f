#!/bin/sh
# A database and an owner for each use, made when the volume is new.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres \
  --set kaibiao="$KAIBIAO_DATABASE_PASSWORD" --set temporal="$TEMPORAL_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE kaibiao LOGIN PASSWORD :'kaibiao';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE kaibiao OWNER kaibiao ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT, TEMPORARY ON DATABASE kaibiao, temporal, temporal_visibility FROM PUBLIC;
SQL
