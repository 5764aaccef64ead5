# shellcheck shell=sh
# Runs ssh's master for a jump host, which ends with standard input: with the process that started it, however that
# ends. Nothing else would ever end it, and its socket would be gone. Work that hosts have begun completes without it.
#
#   sh -c TEXT sh SSH ARGUMENTS...
exec 3<&0
"$@" 3<&- </dev/null &
master=$!
{ read -r _; kill "$master"; } <&3 &
listener=$!
exec 3<&-
wait "$master"
code=$?
kill "$listener"
exit "$code"
