import type { Connection } from "@hostout/kit";

/** A process that listens on a port of a host. */
export interface Listener {
  /** Undefined if only the user is known, because other users may not read the files of the process. */
  readonly pid: number | undefined;
  readonly user: string;
  /** The name of the program, as in `ps`. */
  readonly program: string;
  /** Seconds since the process started; undefined if unknown. */
  readonly ageSeconds: number | undefined;
  /** Where the process runs from: `release` if its program or working folder belongs to a release. */
  readonly from: "release" | "site" | "elsewhere";
}

/**
 * The processes that listen on a port, and the seconds since the last switch. Both are empty if the host does
 * not report them.
 */
export interface Listening {
  readonly listeners: readonly Listener[];
  readonly liveSeconds: number | undefined;
}

/** Finds the processes that listen on a port of a host. Needs /proc; never throws if the host lacks something. */
export async function whoListens(machine: Connection, port: number, path: string): Promise<Listening> {
  const words = ["sh", "-c", listenerScript, "hostout", String(port), path];
  const text = await machine.capture(words, { quiet: true }).catch(() => "");
  const lines = text.split("\n").map((line) => line.split("\t"));
  const timeOf = (kind: string) => {
    const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(
      lines.find(([first]) => first === kind)?.[1] ?? "",
    );
    const [year = 0, month = 0, ...rest] = found?.slice(1).map(Number) ?? [];
    return found ? Date.UTC(year, month - 1, ...rest) : undefined;
  };
  const [now, switched] = [timeOf("now"), timeOf("switched")];
  return {
    listeners: lines.flatMap(
      ([kind, pid = "", user = "", program = "", age = "", from = ""]): readonly Listener[] => {
        if (kind !== "listener") return [];
        const isPlace = from === "release" || from === "site";
        return [
          {
            pid: /^\d+$/.test(pid) ? Number(pid) : undefined,
            user,
            program,
            ageSeconds: /^\d+$/.test(age) ? Number(age) : undefined,
            from: isPlace ? from : "elsewhere",
          },
        ];
      },
    ),
    liveSeconds: now === undefined || switched === undefined ? undefined : (now - switched) / 1000,
  };
}

/** Checks whether every listener started before the last switch, and so belongs to an older release. */
export function isOlder({ listeners, liveSeconds }: Listening): boolean {
  if (liveSeconds === undefined || listeners.length === 0) return false;
  // Both times are whole seconds. A worker that is younger than its master started with the new release.
  return listeners.every(
    ({ from, ageSeconds }) => from === "release" && ageSeconds !== undefined && ageSeconds > liveSeconds + 1,
  );
}

/** Formats a listener: `python3 (process 812 of www-data)`. */
export function nameListener({ pid, user, program }: Listener): string {
  return pid === undefined ? `a process of ${user}` : `${program} (process ${pid} of ${user})`;
}

/**
 * Prints the listeners of a port; its arguments are `PORT PATH`. Each line is `listener PID USER PROGRAM AGE
 * FROM`, separated by tabs. If the process is not visible, the line has only its user.
 * In https://man7.org/linux/man-pages/man5/proc_net.5.html the state `0A` is LISTEN.
 */
export const listenerScript = `h=$(printf ':%04X' "$1") s=" " u=
while read -r _ l _ t _ _ _ o _ i _; do
  case $l.$t in *"$h.0A") s="$s$i " u=$o ;; esac
done <<END
$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
END
printf 'now\\t%s\\n' "$(date -u +%Y%m%dT%H%M%SZ)"
if l=$(tail -n 1 "$2/.hostout/served.log" 2>/dev/null); then printf 'switched\\t%s\\n' "$(printf %s "$l" | cut -f 1)"; fi
[ "$s" != " " ] || exit 0
p=
pids=$(ls -l /proc/[0-9]*/fd 2>/dev/null | while read -r l; do
  case $l in
    /proc/*/fd:) p=\${l%/fd:} p=\${p#/proc/} ;;
    *"socket:["*) n=\${l##*socket:[}; case $s in *" \${n%]} "*) echo "$p" ;; esac ;;
  esac
done | sort -u)
r=$(cd -P -- "$2" 2>/dev/null && pwd) || r=$2
read -r up _ </proc/uptime
hz=$(getconf CLK_TCK 2>/dev/null) || hz=100
for p in $pids; do
  from=elsewhere
  a=$(tr '\\000' '\\n' <"/proc/$p/cmdline" 2>/dev/null | head -n 2)
  for f in "$(readlink "/proc/$p/cwd")" "$(readlink "/proc/$p/exe")" "\${a%%
*}" "\${a#*
}"; do
    case $f in
      "$r"/releases/* | "$2"/releases/* | "$r"/current/* | "$2"/current/* | "$r"/bin/* | "$2"/bin/*) from=release ;;
      "$r" | "$r"/* | "$2" | "$2"/*) [ "$from" = release ] || from=site ;;
    esac
  done
  read -r l <"/proc/$p/stat" || continue
  user=$(ls -ld "/proc/$p" | { read -r _ _ o _ && printf %s "$o"; })
  t=$(printf '%s\\n' "\${l##*) }" | cut -d ' ' -f 20)
  printf 'listener\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$p" "$user" "$(cat "/proc/$p/comm")" "$((\${up%.*} - t / hz))" "$from"
done
[ -n "$pids" ] || printf 'listener\\t?\\t%s\\t?\\t?\\t?\\n' "$(id -nu "$u" 2>/dev/null || echo "$u")"`;
