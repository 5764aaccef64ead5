# shellcheck shell=sh
# Sends the content of a release on this host, for another host. Nothing is changed here. The receiver trusts none of
# it: the release digest verifies it.

# Values: release. Replies what is kept of the release besides its files: texts config, layers, index, and
# environment-<id> of each environment. Nothing if an older Tarlift deployed it.
verb_record() {
	record_at=$v_root/.tarlift/releases/$v_release
	[ -f "$record_at/config" ] && [ -f "$record_at/layers" ] && [ -f "$record_at/index" ] || return 0
	recorded "$v_release" environments
	for record_id in $recorded; do
		[ -f "$v_environments_root/$record_id.index" ] || return 0
	done
	for record_id in $recorded; do
		reply_text "environment-$record_id" "$v_environments_root/$record_id.index"
	done
	reply_text config "$record_at/config"
	reply_text layers "$record_at/layers"
	reply_text index "$record_at/index"
}

# Values: encoding. Text: files, one `<size> <absolute path>` per line. A frame `data others` lists, by their numbers,
# those that are no files of that size; then follow the bytes of the other files, one file after the other, in pieces
# that are compressed separately.
verb_files() {
	sed 's/^[0-9]* //' "$request/files" | tr '\n' '\0' | xargs -0 stat -c '%f %s %n' >"$session/seen" 2>/dev/null
	: >"$session/others"
	: >"$session/there"
	awk -v "others=$session/others" -v "there=$session/there" '
		FILENAME ~ /\/seen$/ {
			# A plain file, whatever its permissions.
			if ($1 ~ /^8...$/) size[substr($0, length($1 $2) + 3)] = $2
			next
		}
		{
			at = substr($0, length($1) + 2)
			if ((at in size) && size[at] == $1) print at >there
			else print FNR >others
		}
	' "$session/seen" "$request/files"
	reply_frame data others "$session/others"
	[ -s "$session/there" ] || return 0
	tr '\n' '\0' <"$session/there" | xargs -0 cat -- 2>/dev/null | while :; do
		dd bs=1048576 count=1 iflag=fullblock >"$session/piece" 2>/dev/null
		[ -s "$session/piece" ] || break
		case $v_encoding in
		zstd) zstd -qc <"$session/piece" >"$session/packed" ;;
		gzip) gzip -c <"$session/piece" >"$session/packed" ;;
		*) mv -f "$session/piece" "$session/packed" ;;
		esac
		reply_frame data piece "$session/packed"
	done
}
