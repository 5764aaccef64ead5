#!/bin/sh
# `npm run demo`: the main job on this machine, with a real application. Sets a fresh clone up, then runs scripts/demo.ts.
set -eu
cd "$(dirname "$0")/.."
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

if [ ! -x node_modules/.bin/rolldown ] || [ -n "$(find package-lock.json -newer node_modules/.package-lock.json 2>/dev/null)" ]; then
	npm ci --no-progress --loglevel=error
	touch node_modules/.package-lock.json
fi
PATH=$PWD/node_modules/.bin:$PATH
export PATH

# A virtual environment needs ensurepip, which Debian keeps apart.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		DEBIAN_FRONTEND=noninteractive apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends python3-venv
	else
		echo "The demo builds a Python application: it needs Python 3.10 or newer with venv (on Debian and Ubuntu the package python3-venv)." >&2
		exit 1
	fi
fi
exec node scripts/demo.ts "$@"
