#!/bin/sh
# Run by sshd in place of each command of the client. Counts them, each as a file of `claims`; the file `plan` ("WHEN NUMBER") says at
# which of them what is killed or cut, `cut` being how: the client (SIGKILL), or its connection.
# before: it is not run any more. beside: it is begun, as by a client that dies when it has asked for it. after: it has
# ended, and the client does not hear so.
# Without a process of its own: a sweep runs it a hundred thousand times.
set -uC
number=0
until true 2>/dev/null >"$SWEEP/claims/$number"; do number=$((number + 1)); done
printf '%s' "$SSH_ORIGINAL_COMMAND" >|"$SWEEP/claims/$number"
when=never at=0
[ ! -s "$SWEEP/plan" ] || read -r when at <"$SWEEP/plan"
[ "$number" -eq "$at" ] || when=never
PATH=$SWEEP/bin:$PATH
# Programs that kill are found only while they are armed: each costs a process more.
[ ! -e "$SWEEP/kill" ] || PATH=$SWEEP/killers:$PATH
export PATH
[ "$when" != before ] || { sh "$SWEEP/cut" "$PPID"; exit 1; }
[ "$when" != beside ] || sh "$SWEEP/cut" "$PPID"
line=$SSH_ORIGINAL_COMMAND
case $line in
  # A shell that reads scripts.
  *"
exec sh
' /bin/sh -c "*)
    here=${0%/*}
    export SWEEP_SSHD="$PPID" SWEEP_PATH="$PATH" SWEEP_HOOKS="$here/frame-hooks.sh"
    line="${line%"
exec sh
' /bin/sh -c "*}
exec sh $here/framed-shell.sh
' sh -c ${line##* /bin/sh -c }"
    exec sh -c "$line"
    ;;
  # One that hostout may kill.
  *"exec sh 2>&9 9>&-"*)
    here=${0%/*}
    export SWEEP_SSHD="$PPID" SWEEP_PATH="$PATH" SWEEP_HOOKS="$here/frame-hooks.sh"
    line="${line%%exec sh 2>&9*}exec sh $here/framed-shell.sh 2>&9${line#*exec sh 2>&9}"
    exec sh -c "${line%% /bin/sh -c *} sh -c ${line##* /bin/sh -c }"
    ;;
esac
[ "$when" = after ] || exec sh -c "$SSH_ORIGINAL_COMMAND"
sh -c "$SSH_ORIGINAL_COMMAND"
status=$?
sh "$SWEEP/cut" "$PPID"
exit $status
