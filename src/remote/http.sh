# shellcheck shell=sh
# One HTTP request from the host itself, by curl or wget: if sshd forwards no ports, a health check cannot reach the
# service otherwise.

# Values: url, timeout (seconds); named_url, resolve: the same under a name, for clients that accept the address of a
# name (curl). Text: headers, one `Name: value` per line. Replies the texts head (status line and headers of the first
# answer: a redirect is an answer) and body (its beginning); replies error if there was no answer.
verb_http() {
	http_client=$(http_best)
	[ -n "$http_client" ] || fail health-unavailable "this host has neither curl nor wget, and its sshd forwards no ports" \
		"Install curl on the host, or allow the forward in its sshd_config: AllowTcpForwarding local"
	: >"$session/head"
	: >"$session/body"
	: >"$session/said"
	http_code=0
	child_run "$((v_timeout + 1))" "http_$http_client" || http_code=$?
	# A body that is longer than the kept part, or a status that counts as an error, is an answer all the same.
	if [ "$child_timed_out" -eq 1 ] || ! [ -s "$session/head" ]; then
		if [ "$child_timed_out" -eq 1 ] || [ "$http_client:$http_code" = curl:28 ]; then
			reply error "no answer within $v_timeout s"
		else
			reply error "$(http_error | head -c 300)"
		fi
		return 0
	fi
	reply_text head "$session/head"
	reply_text body "$session/body"
}

# The line of a client's output that gives the reason: advice follows it.
http_error() {
	grep -e '^curl: ' -e '^ERROR: ' -e '^OpenSSL: ' -e '^GnuTLS: ' "$session/said" | head -n 1 | grep . || tail -n 1 "$session/said"
}

# The best client that this host has; nothing if it has none. GNU wget has an option that stops it from following
# redirects; busybox wget follows them, and its first answer is used.
http_best() {
	if command -v curl >/dev/null; then
		echo curl
	elif command -v wget >/dev/null; then
		if wget --help 2>&1 | grep -q -e --max-redirect; then echo gnu_wget; else echo wget; fi
	fi
}

http_curl() {
	http_alone
	set -- -q -sS --globoff --noproxy '*' --max-redirs 0 --max-time "$v_timeout" --dump-header "$session/head" --output -
	while IFS= read -r http_header; do
		case $http_header in
		*': ') set -- "$@" --header "${http_header%: };" ;;
		?*) set -- "$@" --header "$http_header" ;;
		esac
	done <"$request/headers"
	[ -z "${v_resolve-}" ] || set -- "$@" --resolve "$v_resolve"
	curl "$@" --url "${v_named_url:-$v_url}" 2>"$session/said" | head -c 4096 >"$session/body"
	# The exit code of a pipe is that of its last command.
	case $(http_error) in 'curl: (28)'*) return 28 ;; esac
}

http_gnu_wget() {
	http_alone
	http_wget --no-proxy --no-verbose --tries=1 --timeout="$v_timeout" --max-redirect=0 --content-on-error
}

# Not every build of busybox has its time limit: the limit of child_run applies.
http_wget() {
	http_alone
	set -- "$@" -S -O -
	while IFS= read -r http_header; do
		[ -z "$http_header" ] || set -- "$@" --header "$http_header"
	done <"$request/headers"
	wget "$@" "$v_url" 2>"$session/said" | head -c 4096 >"$session/body"
	# Headers are indented by two spaces; a second status line is the answer to a redirect that was followed.
	sed -n 's/^  //p' "$session/said" | awk '/^HTTP\// && seen++ { exit } { print }' >"$session/head"
}

# None of the user's settings: neither proxies nor settings of clients, nor a language, since their output is parsed.
http_alone() {
	LC_ALL=C
	export LC_ALL
	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
	: >"$session/wgetrc"
	WGETRC=$session/wgetrc
	export WGETRC
}
