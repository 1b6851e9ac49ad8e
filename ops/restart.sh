#!/bin/sh
# Runs a command again when it ends badly, for machines without systemd or containers: ops/restart.sh node bin/anchorwatch.js run
#   RESTART_DELAY   seconds between two starts at the least (10): what has run for longer is started again at once
#   RESTART_MAX     so many bad ends within RESTART_WINDOW seconds (5 in 600), and it gives up with 1
# Ends as the command does when that ended with 0 or 2 (it could not begin: a person must mend something), or was asked to stop.
set -u

delay=${RESTART_DELAY:-10}
max=${RESTART_MAX:-5}
window=${RESTART_WINDOW:-600}
for number in "$delay" "$max" "$window"; do
	case $number in
	'' | *[!0-9]*)
		echo "restart.sh: RESTART_DELAY, RESTART_MAX and RESTART_WINDOW are whole numbers, not \"$number\"" >&2
		exit 2
		;;
	esac
done
if [ $# -eq 0 ]; then
	echo "restart.sh: which command? For example: ops/restart.sh node bin/anchorwatch.js run" >&2
	exit 2
fi

child=
asked=
told=
stop() {
	asked=yes
	if [ -n "$child" ]; then
		told=yes
		kill -TERM "$child" 2>/dev/null
	fi
}
trap stop TERM HUP
# Ctrl-C reaches the command by the terminal itself; a second signal would make it leave at once.
trap 'asked=yes told=yes' INT

crashes=
while :; do
	began=$(date +%s)
	"$@" &
	child=$!
	# Asked between these two lines.
	if [ -n "$asked" ] && [ -z "$told" ]; then stop; fi
	wait "$child"
	code=$?
	# A signal ends the wait, not the command: wait until that has stopped by itself.
	while kill -0 "$child" 2>/dev/null; do
		wait "$child"
		code=$?
	done
	child=
	if [ -n "$asked" ] || [ "$code" -eq 0 ] || [ "$code" -eq 2 ]; then exit "$code"; fi

	now=$(date +%s)
	recent=$now
	count=1
	for at in $crashes; do
		if [ $((now - at)) -lt "$window" ]; then
			recent="$recent $at"
			count=$((count + 1))
		fi
	done
	crashes=$recent
	if [ "$count" -ge "$max" ]; then
		echo "restart.sh: ended with $code, $count times in $window s: it is not started again; see what it said before" >&2
		exit 1
	fi
	pause=$((delay - (now - began)))
	if [ "$pause" -lt 0 ]; then pause=0; fi
	# The machine's clock was set back.
	if [ "$pause" -gt "$delay" ]; then pause=$delay; fi
	echo "restart.sh: ended with $code; starting again in $pause s ($count of $max)" >&2
	sleep "$pause" &
	child=$!
	wait "$child"
	child=
	if [ -n "$asked" ]; then exit 143; fi
done
