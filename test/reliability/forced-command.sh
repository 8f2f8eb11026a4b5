#!/bin/sh
# Run by sshd in place of each command of the client. Counts them; the file `plan` ("WHEN NUMBER") says at which of them what is
# killed or cut, `cut` being how: the client (SIGKILL), or its connection.
# before: it is not run any more. beside: it is begun, as by a client that dies when it has asked for it. after: it has
# ended, and the client does not hear so.
set -u
exec 9>>"$SWEEP/counting"
flock 9
number=$(wc -l <"$SWEEP/commands")
printf '%s\n' "$SSH_ORIGINAL_COMMAND" | tr '\n' ' ' >>"$SWEEP/commands"
echo >>"$SWEEP/commands"
exec 9>&-
read -r when at 2>/dev/null <"$SWEEP/plan" || { when=never at=0; }
[ "$number" -eq "$at" ] || when=never
PATH=$SWEEP/bin:$PATH
export PATH
[ "$when" != before ] || { sh "$SWEEP/cut" "$PPID"; exit 1; }
[ "$when" != beside ] || sh "$SWEEP/cut" "$PPID"
sh -c "$SSH_ORIGINAL_COMMAND"
status=$?
[ "$when" != after ] || sh "$SWEEP/cut" "$PPID"
exit $status
