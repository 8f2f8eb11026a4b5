import type { Connection } from "@hostout/kit";

/** A process that listens at a port of a host. */
export interface Listener {
  /** Undefined where only the user is known: others may not look at its files. */
  readonly pid: number | undefined;
  readonly user: string;
  /** Its name, as `ps` has it. */
  readonly program: string;
  /** Undefined where it is not known. */
  readonly ageSeconds: number | undefined;
  /** Whether it runs from the site: `release` where its program or working folder is a release's. */
  readonly from: "release" | "site" | "elsewhere";
}

/** The processes that listen at a port, and how long ago the live release went live; nothing where the host does not say. */
export interface Listening {
  readonly listeners: readonly Listener[];
  readonly liveSeconds: number | undefined;
}

/** Looks who listens at a port of a host. Needs /proc; never throws for what the host lacks. */
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

/** Whether what listens was started before the live release went live: it is of an older release. */
export function isOlder({ listeners, liveSeconds }: Listening): boolean {
  if (liveSeconds === undefined || listeners.length === 0) return false;
  // Both times are whole seconds. A worker that is younger than its master was started with the new release.
  return listeners.every(
    ({ from, ageSeconds }) => from === "release" && ageSeconds !== undefined && ageSeconds > liveSeconds + 1,
  );
}

/** `python3 (process 812 of www-data)` */
export function nameListener({ pid, user, program }: Listener): string {
  return pid === undefined ? `a process of ${user}` : `${program} (process ${pid} of ${user})`;
}

/**
 * `PORT PATH`: says who listens, `listener PID USER PROGRAM AGE FROM` a line, cut by tabs; when that is not to be seen, its user alone.
 * https://man7.org/linux/man-pages/man5/proc_net.5.html: the state `0A` is LISTEN.
 */
const listenerScript = `h=$(printf ':%04X' "$1") s=" " u=
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
