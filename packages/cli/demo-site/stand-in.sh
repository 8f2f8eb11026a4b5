#!/bin/sh
# Stands in for bin/buildout where there is no zc.buildout: does by hand what the recipe in src does.
set -eu
cd "$(dirname "$0")/.."
rm -rf parts/site
mkdir -p parts/site
cp src/site.mjs parts/site/
cp src/restart.sh bin/restart
chmod 755 bin/restart
echo "Installing site."
