# Read by a shared shell of a sweep before its scripts. Does before and after each script what forced-command.sh does
# at each command.

# Argument: a file with the text of the script.
hook_before() {
  hook_number=0
  set -C
  until true 2>/dev/null >"$SWEEP/claims/$hook_number"; do hook_number=$((hook_number + 1)); done
  set +C
  while IFS= read -r hook_line; do printf '%s\n' "$hook_line"; done <"$1" >"$SWEEP/claims/$hook_number"
  hook_when=never hook_at=0
  [ ! -s "$SWEEP/plan" ] || read -r hook_when hook_at <"$SWEEP/plan"
  [ "$hook_number" -eq "$hook_at" ] || hook_when=never
  PATH=$SWEEP_PATH
  [ ! -e "$SWEEP/kill" ] || PATH=$SWEEP/killers:$PATH
  [ "$hook_when" != before ] || { sh "$SWEEP/cut" "$SWEEP_SSHD"; exit 1; }
  [ "$hook_when" != beside ] || sh "$SWEEP/cut" "$SWEEP_SSHD"
}

hook_after() {
  hook_status=$?
  [ "$hook_when" = after ] || return "$hook_status"
  sh "$SWEEP/cut" "$SWEEP_SSHD"
  exit "$hook_status"
}
