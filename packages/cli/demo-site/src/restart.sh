#!/bin/sh
# restart.sh NODE PORT: ends the running application and starts the new one from this folder.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$home/var"
if [ -f "$home/var/site.pid" ]; then
  pid=$(cat "$home/var/site.pid")
  kill "$pid" 2>/dev/null || true
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
fi
nohup "$1" "$home/parts/site/site.mjs" "$home" "$2" >"$home/var/site.log" 2>&1 </dev/null &
echo $! >"$home/var/site.pid"
echo "started as process $!"
