#!/bin/sh
# The shared shell of a sweep: passes scripts on to `sh`, with the hooks around each.
set -u
text=$(mktemp "$SWEEP/frame.XXXXXX")
{
  printf '. "%s"\n' "$SWEEP_HOOKS"
  hooked=
  : >"$text"
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$text"
    case $line in
      '{ (eval '*) line="hook_before '$text'; $line" ;;
      'printf '*' "$?" >&2; printf %s '*'; }')
        printf '%s%s\n' "$hooked" "hook_after; $line"
        hooked=
        # The shell reads the text before the next script arrives.
        text=$(mktemp "$SWEEP/frame.XXXXXX")
        continue
        ;;
    esac
    hooked="$hooked$line
"
  done
} | exec sh
