# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# States, links and the log. The root's layout:
#
#   current -> releases/<name>     previous -> releases/<name> (for people)     releases/<name>/     shared/
#   .tarlift/releases/<name>/      state, record, index, config, layers, stat, previous, good
#   .tarlift/incoming/<digest>/    what is being received
#   .tarlift/{lock,owner,hold,transaction,returned,agreed,taken,migrations,log.jsonl,sessions,swap,trash}

# flush PATH: the file system of PATH has everything on disk afterwards.
flush() {
	sync -f "$1" 2>/dev/null || sync
}

# Sets uptime, in hundredths of a second: a time that is measured is not cut by the second in which it began.
uptime_now() {
	read -r uptime _ </proc/uptime
	uptime=${uptime%.*}${uptime#*.}
}

# limit SECONDS: sets $limit, a moment that many seconds from now; over MOMENT: whether it has passed. By uptime: a clock that is set
# meanwhile neither cuts a wait nor prolongs it.
limit() {
	uptime_now
	limit=$((uptime + $1 * 100))
}

over() {
	uptime_now
	[ "$uptime" -gt "$1" ]
}

# Sets now, in seconds since the epoch: asked once for a connection, and counted on without a process.
clock_now() {
	uptime_now
	[ -n "${clock_base-}" ] || clock_base=$(($(date +%s) * 100 - uptime))
	now=$(((clock_base + uptime) / 100))
}

# has_room PATH [BYTES]: whether its file system takes a few more files, and these bytes. What cannot be found out is no reason to stop.
has_room() {
	# Free blocks for users, their size, free inodes, all inodes (0 where the file system has no fixed number).
	# shellcheck disable=SC2046
	set -- "${2:-0}" $(stat -f -c '%a %S %d %c' "$1" 2>/dev/null)
	[ "$#" -eq 5 ] || return 0
	[ $(($2 * $3 - $1)) -ge 8388608 ] && { [ "$5" -eq 0 ] || [ "$4" -ge 100 ]; }
}

# read_only PATH: whether its file system is mounted so; modes do not say it.
read_only() { mounted "$1" ro; }

# mounted PATH OPTION: whether the file system of the path is mounted with this option; leaves its mount point in $session/mount.
mounted() {
	df -P "$1" 2>/dev/null | awk 'NR == 2 { print $NF }' >"$session/mount"
	awk -v "option=$2" '
		FILENAME ~ /\/mount$/ { at = $0; next }
		$2 == at { options = "," $4 "," }
		END { exit index(options, "," option ",") == 0 }
	' "$session/mount" /proc/self/mounts
}

# finding_read_only PATH: whether its file system is mounted read-only: that is a finding then, once for each of them.
finding_read_only() {
	read_only "$1" || return 1
	first_line "$session/mount"
	case " ${read_only_told-} " in *" $line "*) return 0 ;; esac
	read_only_told="${read_only_told-} $line"
	read_only_words
	finding read-only "$line is mounted read-only: nothing can be written in $1" "$read_only_remedy"
}

# Sets read_only_remedy, after read_only said yes.
read_only_words() {
	first_line "$session/mount"
	read_only_remedy="Look why (dmesg, /etc/fstab): the kernel does that after errors of a disk. Then as root on the host: mount -o remount,rw $line"
}

# session_full: whether the session's place takes nothing more: lists that were written there may have been cut.
session_full() {
	# Given back at once: the next look would find room in it.
	! { printf '%65536s' "" && printf "" >"$session/room"; } 2>/dev/null >"$session/room"
}

# Sets what and remedy of that.
session_words() {
	session_what="there is no room left in ${session%/*} on the host, where a deploy keeps its lists while it lasts"
	session_remedy="Free some space there, or make it larger (df ${session%/*}): each file of a release takes about 1 KB. A container has 64 MB of /dev/shm, unless it is given more (docker run --shm-size)."
}

# step NAME: how far the verb has come, for the message of one that ends by itself. Names and order stand in src/protocol/verbs.ts.
step() {
	echo "$1" >"$session/at"
}

# write_file FILE [STEP]: standard input becomes the file, whole or not at all.
write_file() {
	write_part=$1.part.$$
	cat >"$write_part" && write_end "$1" "write-${2-${1##*/}}"
}

# write_line FILE LINE [STEP]: the file has this one line.
write_line() {
	write_part=$1.part.$$
	printf '%s\n' "$2" >"$write_part" && write_end "$1" "write-${3-${1##*/}}"
}

write_end() {
	sync "$write_part" 2>/dev/null || flush "$write_part"
	step "$2"
	mv -f "$write_part" "$1"
}

# first_line FILE: sets $line; empty when there is none.
first_line() {
	line=
	[ ! -f "$1" ] || IFS= read -r line <"$1" || :
}

# release_state RELEASE: in $line; empty when there is none.
release_state() {
	first_line "$v_root/.tarlift/releases/$1/state"
}

# recorded RELEASE KEY: what its record says, in $line; empty when it says nothing.
recorded() {
	line=
	[ -f "$v_root/.tarlift/releases/$1/record" ] || return 0
	while IFS= read -r recorded_line; do
		if [ "${recorded_line%% *}" = "$2" ]; then
			line=${recorded_line#"$2"}
			line=${line# }
			return 0
		fi
	done <"$v_root/.tarlift/releases/$1/record"
}

# set_state RELEASE STATE: receiving | prepared | active | good | failed
set_state() {
	{ [ -d "$v_root/.tarlift/releases/$1" ] || mkdir -p "$v_root/.tarlift/releases/$1"; } &&
		write_line "$v_root/.tarlift/releases/$1/state" "$2" "state-$2" && log_event "$2" "$1"
}

# log_event EVENT RELEASE: the values have been checked to need no escapes in JSON. A full disk must not end a deploy here.
log_event() {
	clock_now
	printf '{"time":%s,"event":"%s","release":"%s","deploy":"%s","by":"%s"}\n' \
		"$now" "$1" "$2" "${v_deploy_id-}" "${v_owner-}" >>"$v_root/.tarlift/log.jsonl" || :
}

# Text: taken. What a balancer must be given back, should we be the last to know: `<what it had><tab><place>` a line; nothing: all of it was.
# With the value heard=yes alone: a person was told that this host went back by itself (switch_back).
verb_note() {
	if [ "${v_heard-}" = yes ]; then
		rm -f "$v_root/.tarlift/returned"
	elif [ -s "$request/taken" ]; then
		write_file "$v_root/.tarlift/taken" <"$request/taken" || fail not-writable "$v_root/.tarlift cannot be written" "Look at free space (df)."
		flush "$v_root"
	else
		rm -f "$v_root/.tarlift/taken"
	fi
}

# Nothing: a connection is wanted for its forwards.
verb_ping() {
	:
}

# Values: limit. The newest lines of the log, for `tarlift history`, without the prunes, of which one deploy may have written fifty.
# Nothing changes.
verb_history() {
	[ -f "$v_root/.tarlift/log.jsonl" ] || return 0
	grep -avF '"event":"pruned"' "$v_root/.tarlift/log.jsonl" | tail -n "$v_limit" >"$session/history"
	reply_text history "$session/history"
}

# link_release LINK: the release that $v_root/LINK leads to, in $line; empty when there is no such link.
link_release() {
	line=
	[ -L "$v_root/$1" ] || return 0
	line=$(readlink "$v_root/$1")
	case $line in
	releases/*) line=${line#releases/} ;;
	"$v_root"/releases/*) line=${line#"$v_root/releases/"} ;;
	esac
	line=${line%/}
}

# live_release: the release that is live, in $line; empty where its directory was removed, or the link leads elsewhere: neither is
# anything that could be gone back to.
live_release() {
	link_release current
	case $line in */* | .*) line= ;; esac
	[ -d "$v_root/releases/$line" ] || line=
}

# set_link LINK RELEASE: one rename(2) of a link that was made in a directory of its own: `ln -sfn` removes first on some systems, and
# `mv` without that directory would move the new link into the old release. The directory stays, because a full disk may take a link and
# no directory any more. Read back, because only that is the truth. Under the lock: nobody else makes links there.
set_link() {
	link_directory=$v_root/.tarlift/swap
	[ -d "$link_directory" ] || mkdir -p "$link_directory" || return 1
	[ ! -L "$link_directory/$1" ] || rm -f "$link_directory/$1" || return 1
	ln -s "releases/$2" "$link_directory/$1" || return 1
	step "link-$1"
	mv -f "$link_directory/$1" "$v_root/" || return 1
	[ "$(readlink "$v_root/$1")" = "releases/$2" ]
}

# set_aside PATH [TRASH]: out of sight at once, into a directory $aside; prune.sh empties the trash.
set_aside() {
	aside=
	[ -e "$1" ] || [ -L "$1" ] || return 0
	[ -d "${2-$v_root/.tarlift/trash}" ] || mkdir -p "${2-$v_root/.tarlift/trash}"
	aside=$(mktemp -d "${2-$v_root/.tarlift/trash}/$v_root_id.XXXXXX") || return 1
	mv -f "$1" "$aside/" || return 1
	step discard
}

# discard PATH [TRASH]: out of sight at once, removed afterwards.
discard() {
	set_aside "$@" || return 1
	[ -z "$aside" ] || rm -rf "$aside"
}

# receiving ENVIRONMENT_ID: where an environment is received, in $receiving; a place of its own for each root that shares
# environments_root.
receiving() {
	receiving=$v_environments_root/.incoming-$v_root_id-$1
}

# begin_transaction PHASE RELEASE PREVIOUS KIND RAN: what a later run needs to finish or revert this one; KIND and RAN as transaction_read says.
begin_transaction() {
	write_line "$v_root/.tarlift/transaction" "$v_deploy_id $1 $2 $3${4:+ $4${5:+ $5}}" "$1"
}

# What is open, in open_id, open_phase, open_release, open_previous (empty: none was live), open_kind (deploy, or rollback or converge for what went to a
# release that was good before; empty: an older Tarlift does not say) and open_ran (as services_ran says it). Nothing is: all are empty.
transaction_read() {
	first_line "$v_root/.tarlift/transaction"
	# Not by words: one of them may be empty.
	open_left="$line      "
	open_id=${open_left%% *} open_left=${open_left#* }
	open_phase=${open_left%% *} open_left=${open_left#* }
	open_release=${open_left%% *} open_left=${open_left#* }
	open_previous=${open_left%% *} open_left=${open_left#* }
	open_kind=${open_left%% *} open_left=${open_left#* }
	open_ran=${open_left%% *}
}

# Sets user_name and user_id, of whoever this program runs as: uid=1000(deploy) gid=…
user_known() {
	user_name=$(id)
	user_name=${user_name#uid=}
	user_id=${user_name%%[!0-9]*}
	user_name=${user_name%%")"*}
	case $user_name in "$user_id("*) user_name=${user_name#*"("} ;; *) user_name=$user_id ;; esac
}

# Sets group_word: the name of a user's group, as a command that is typed has to have it. Names of directories (AD) may have blanks; what is
# compared are numbers.
group_word() {
	group_word=$(id -gn "$1" 2>/dev/null) || group_word=$1
	case $group_word in *[!A-Za-z0-9_.-]*) group_word="'$group_word'" ;; esac
}
