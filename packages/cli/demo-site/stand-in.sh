#!/bin/sh
# Replaces bin/buildout on a machine without zc.buildout: does the work of the recipe in src.
set -eu
cd "$(dirname "$0")/.."
rm -rf parts/site
mkdir -p parts/site
cp src/site.mjs parts/site/
cp src/restart.sh bin/restart
chmod 755 bin/restart
echo "Installing site."
