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
      '{ (eval '* | '{ HOSTOUT_REST=$({ (eval '*) line="hook_before '$text'; $line" ;;
      # The last lines of a script of hostout, and of another command.
      'printf '*' "$?" "$$" '*' >&2; printf %s '*'; }' | 'printf '*' >&2; printf %s '*'; } 5>&1 6>&2')
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
