#!/bin/sh
# Runs one program for a parent process, and ends it when the parent ends in whatever way, SIGKILL included.
# Called with: sh guard.sh <seconds until SIGKILL> <signal, as TERM> <program> [arguments…]. Descriptor 3 is a pipe that
# only the parent holds open: a line on it names another signal to end the program with, its end means that the parent
# is gone. On descriptor 4 the guard says the program's process id, once.
# A shell takes a megabyte where another Node would take forty.
grace=$1
signal=$2
shift 2

"$@" 3<&- 4>&- &
pid=$!
echo "$pid" >&4
exec 4>&-

(
  # It holds no folder of the program's: that may be a disk to be taken away.
  cd /
  read -r asked <&3
  kill -s "${asked:-$signal}" "$pid"
  sleep "$grace" &
  nap=$!
  trap 'kill "$nap"; exit' TERM
  wait "$nap"
  kill -s KILL "$pid"
) >/dev/null 2>&1 &
watch=$!
exec 3<&-

trap 'kill -s "$signal" "$pid" 2>/dev/null' TERM INT HUP
# A signal that arrives ends the waiting, and not the program.
while :; do
  wait "$pid"
  code=$?
  kill -0 "$pid" 2>/dev/null || break
done
kill -s TERM "$watch" 2>/dev/null
exit "$code"
