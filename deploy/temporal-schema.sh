#!/bin/sh
# Makes Temporal's schema, or brings it up to what its server needs; one that exists is left as it is. The place and the
# password come from SQL_*.
set -eu
for each in temporal=temporal temporal_visibility=visibility; do
  temporal-sql-tool --database "${each%=*}" setup-schema --version 0.0
  temporal-sql-tool --database "${each%=*}" update-schema --schema-name "postgresql/v12/${each#*=}"
done
