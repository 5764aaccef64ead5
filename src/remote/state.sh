# shellcheck shell=sh
# shellcheck disable=SC2015 # A && B || C is meant as it is
# States, links and the log. The root's layout:
#
#   current -> releases/<name>     previous -> releases/<name> (for people)     releases/<name>/     shared/
#   .tarlift/releases/<name>/      state, record, index, config, layers, stat, previous, good
#   .tarlift/incoming/<digest>/    what is being received
#   .tarlift/{lock,owner,hold,transaction,returned,agreed,taken,migrations,log.jsonl,sessions,swap,trash}

# flush PATH: writes everything in the file system of PATH to disk.
flush() {
	sync -f "$1" 2>/dev/null || sync
}

# Sets uptime, in hundredths of a second: whole seconds would shorten a measured time by the part of the second in which
# it began.
uptime_now() {
	read -r uptime _ </proc/uptime
	uptime=${uptime%.*}${uptime#*.}
}

# limit SECONDS: sets $limit, a moment that many seconds from now; over MOMENT: whether it has passed. By uptime:
# setting the clock meanwhile neither shortens nor prolongs a wait.
limit() {
	uptime_now
	limit=$((uptime + $1 * 100))
}

over() {
	uptime_now
	[ "$uptime" -gt "$1" ]
}

# Sets now, in seconds since the epoch: read once for a connection, and counted on without a process.
clock_now() {
	uptime_now
	[ -n "${clock_base-}" ] || clock_base=$(($(date +%s) * 100 - uptime))
	now=$(((clock_base + uptime) / 100))
}

# has_room PATH [BYTES]: whether its file system has space for a few more files, and these bytes. If that cannot be
# found out, the answer is yes.
has_room() {
	# Free blocks for users, their size, free inodes, all inodes (0 if the file system has no fixed number).
	# shellcheck disable=SC2046
	set -- "${2:-0}" $(stat -f -c '%a %S %d %c' "$1" 2>/dev/null)
	[ "$#" -eq 5 ] || return 0
	[ $(($2 * $3 - $1)) -ge 8388608 ] && { [ "$5" -eq 0 ] || [ "$4" -ge 100 ]; }
}

# read_only PATH: whether its file system is mounted read-only; modes do not show it.
read_only() { mounted "$1" ro; }

# mounted PATH OPTION: whether the file system of the path is mounted with this option; sets $mount_point.
mounted() {
	df -P "$1" 2>/dev/null | awk 'NR == 2 { print $NF }' >"$session/mount"
	first_line "$session/mount"
	mount_point=$first_line
	awk -v "option=$2" '
		FILENAME ~ /\/mount$/ { at = $0; next }
		$2 == at { options = "," $4 "," }
		END { exit index(options, "," option ",") == 0 }
	' "$session/mount" /proc/self/mounts
}

# finding_read_only PATH: whether its file system is mounted read-only: then that is a finding, once for each file
# system.
finding_read_only() {
	read_only "$1" || return 1
	case " ${read_only_reported-} " in *" $mount_point "*) return 0 ;; esac
	read_only_reported="${read_only_reported-} $mount_point"
	read_only_words
	finding read-only "$mount_point is mounted read-only: nothing can be written in $1" "$read_only_remedy"
}

# Sets $read_only_remedy, after read_only was true.
read_only_words() {
	read_only_remedy="Look why (dmesg, /etc/fstab): the kernel does that after errors of a disk. Then as root on the host: mount -o remount,rw $mount_point"
}

# session_full: whether the file system of the session is full: lists that were written there may have been cut off.
session_full() {
	# Freed at once: otherwise the next check would find no space.
	! { printf '%65536s' "" && printf "" >"$session/room"; } 2>/dev/null >"$session/room"
}

# Sets what and remedy for it.
session_words() {
	session_what="there is no room left in ${session%/*} on the host, where a deploy keeps its lists while it lasts"
	session_remedy="Free some space there, or make it larger (df ${session%/*}): each file of a release takes about 1 KB. A container has 64 MB of /dev/shm, unless it is given more (docker run --shm-size)."
}

# step NAME: the progress of the verb, for the message of a verb that ends unexpectedly. Names and order are in
# src/protocol/verbs.ts.
step() {
	echo "$1" >"$session/at"
}

# write_file FILE [STEP]: replaces the file by standard input, whole or not at all.
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

# first_line FILE: sets $first_line; empty if the file has none, or does not exist.
first_line() {
	first_line=
	[ ! -f "$1" ] || IFS= read -r first_line <"$1" || :
}

# release_state RELEASE: sets $release_state; empty if it has none.
release_state() {
	first_line "$v_root/.tarlift/releases/$1/state"
	release_state=$first_line
}

# recorded RELEASE KEY: sets $recorded, the value in its record; empty if it has none.
recorded() {
	recorded=
	[ -f "$v_root/.tarlift/releases/$1/record" ] || return 0
	while IFS= read -r recorded_line; do
		if [ "${recorded_line%% *}" = "$2" ]; then
			recorded=${recorded_line#"$2"}
			recorded=${recorded# }
			return 0
		fi
	done <"$v_root/.tarlift/releases/$1/record"
}

# set_state RELEASE STATE: receiving | prepared | active | good | failed
set_state() {
	{ [ -d "$v_root/.tarlift/releases/$1" ] || mkdir -p "$v_root/.tarlift/releases/$1"; } &&
		write_line "$v_root/.tarlift/releases/$1/state" "$2" "state-$2" && log_event "$2" "$1"
}

# log_event EVENT RELEASE: the values have been checked to need no escapes in JSON. A full disk must not end a deploy
# here.
log_event() {
	clock_now
	printf '{"time":%s,"event":"%s","release":"%s","deploy":"%s","by":"%s"}\n' \
		"$now" "$1" "$2" "${v_deploy_id-}" "${v_owner-}" >>"$v_root/.tarlift/log.jsonl" || :
}

# Text: taken. The servers to restore in balancers, should this record be the only one left: `<previous
# state><tab><server>` per line; empty: all were restored. With the value heard=yes alone: a person was notified that
# this host reverted by itself (auto_revert_now).
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

# Does nothing: a connection is wanted for its forwards.
verb_ping() {
	:
}

# Values: limit. The newest lines of the log, for `tarlift history`, without the prunes, of which one deploy may have
# written fifty. Nothing changes.
verb_history() {
	[ -f "$v_root/.tarlift/log.jsonl" ] || return 0
	grep -avF '"event":"pruned"' "$v_root/.tarlift/log.jsonl" | tail -n "$v_limit" >"$session/history"
	reply_text history "$session/history"
}

# link_release LINK: sets $link_release, the release that $v_root/LINK links to; empty if there is no such link.
link_release() {
	link_release=
	[ -L "$v_root/$1" ] || return 0
	link_release=$(readlink "$v_root/$1")
	case $link_release in
	releases/*) link_release=${link_release#releases/} ;;
	"$v_root"/releases/*) link_release=${link_release#"$v_root/releases/"} ;;
	esac
	link_release=${link_release%/}
}

# Sets $live_release, the release that is live; empty if its directory was removed, or the link leads elsewhere: a
# revert could use neither.
live_release() {
	link_release current
	live_release=$link_release
	case $live_release in */* | .*) live_release= ;; esac
	[ -d "$v_root/releases/$live_release" ] || live_release=
}

# set_link LINK RELEASE: one rename(2) of a link that was made in a directory of its own: `ln -sfn` removes first on
# some systems, and `mv` without that directory would move the new link into the old release. The directory stays,
# because a full disk may have space for a link but not for a directory. Read back, because only that proves it. Under
# the lock: no other process makes links there.
set_link() {
	link_directory=$v_root/.tarlift/swap
	[ -d "$link_directory" ] || mkdir -p "$link_directory" || return 1
	[ ! -L "$link_directory/$1" ] || rm -f "$link_directory/$1" || return 1
	ln -s "releases/$2" "$link_directory/$1" || return 1
	step "link-$1"
	mv -f "$link_directory/$1" "$v_root/" || return 1
	[ "$(readlink "$v_root/$1")" = "releases/$2" ]
}

# set_aside PATH [TRASH]: moves it out of sight at once, to a directory $aside; prune.sh empties the trash.
set_aside() {
	aside=
	[ -e "$1" ] || [ -L "$1" ] || return 0
	[ -d "${2-$v_root/.tarlift/trash}" ] || mkdir -p "${2-$v_root/.tarlift/trash}"
	aside=$(mktemp -d "${2-$v_root/.tarlift/trash}/$v_root_id.XXXXXX") || return 1
	mv -f "$1" "$aside/" || return 1
	step discard
}

# discard PATH [TRASH]: moves it out of sight at once, and removes it afterwards.
discard() {
	set_aside "$@" || return 1
	[ -z "$aside" ] || rm -rf "$aside"
}

# receiving ENVIRONMENT_ID: the directory that receives an environment, in $receiving; a separate one for each root that
# shares environments_root.
receiving() {
	receiving=$v_environments_root/.incoming-$v_root_id-$1
}

# begin_transaction PHASE RELEASE PREVIOUS KIND RAN: records what a later run needs to finish or revert this one; KIND
# and RAN as in transaction_read.
begin_transaction() {
	write_line "$v_root/.tarlift/transaction" "$v_deploy_id $1 $2 $3${4:+ $4${5:+ $5}}" "$1"
}

# Sets the open transaction: open_id, open_phase, open_release, open_previous (empty: none was live), open_kind (deploy,
# or rollback or converge for a return to a release that was good before; empty: an older Tarlift does not record it)
# open_ran (in the form of services_ran), and open_record, the whole line. All are empty if no transaction is open.
transaction_read() {
	first_line "$v_root/.tarlift/transaction"
	# Not split into words: one of them may be empty.
	open_record=$first_line
	open_left="$open_record      "
	open_id=${open_left%% *} open_left=${open_left#* }
	open_phase=${open_left%% *} open_left=${open_left#* }
	open_release=${open_left%% *} open_left=${open_left#* }
	open_previous=${open_left%% *} open_left=${open_left#* }
	open_kind=${open_left%% *} open_left=${open_left#* }
	open_ran=${open_left%% *}
}

# Sets user_name and user_id, of the user that this program runs as: uid=1000(deploy) gid=…
user_known() {
	user_name=$(id)
	user_name=${user_name#uid=}
	user_id=${user_name%%[!0-9]*}
	user_name=${user_name%%")"*}
	case $user_name in "$user_id("*) user_name=${user_name#*"("} ;; *) user_name=$user_id ;; esac
}

# Sets group_word: the name of a user's group, as it must be written in a command. Names from directory services (AD)
# may have blanks; comparisons use numbers.
group_word() {
	group_word=$(id -gn "$1" 2>/dev/null) || group_word=$1
	case $group_word in *[!A-Za-z0-9_.-]*) group_word="'$group_word'" ;; esac
}
