import { HostoutError, isHostoutError } from "@hostout/kit";
import type { Store } from "@hostout/releases";
import type { OnHost } from "../values/release-options.ts";

/** Where the folder of a release is not in the folder of the site any more. */
const movedAway = 3;

/**
 * Gives the files of `FROM` in the folder of a release to `TO`, as root. Arguments: `PATH NAME OWNER FROM TO`. The owner of the
 * site may replace folders of the path by links. So root enters each, checks from within its place, and gives away the
 * content of `.`. GNU's chown descends by descriptors. Others descend by names, which may lead elsewhere by then, so they
 * get one folder at a time.
 * `env pwd` asks the kernel for the place: the built-in of bash does not.
 */
export const giveScript = `cd -- "$1" && b=$(env pwd -P) || exit 1
[ "$(stat -c %u .)" = "$(id -u "$3")" ] || [ -O . ] || exit ${movedAway}
cd -P ./releases && [ "$(env pwd -P)" = "\${b%/}/releases" ] && cd -P "./$2" && [ "$(env pwd -P)" = "\${b%/}/releases/$2" ] || exit ${movedAway}
f=$4 t=$5
if chown --version 2>/dev/null | grep -q GNU; then exec chown -Rh --from="$f" "$t:" .; fi
give() {
  find . ! -name . -prune ! -type d -user "$f" -exec chown -h "$t:" {} + || exit 1
  [ "$(stat -c %U .)" != "$f" ] || chown "$t:" . || exit 1
  for e in ./* ./.[!.]* ./..?*; do
    [ ! -d "$e" ] || [ -L "$e" ] || (h=$(env pwd -P)/\${e#./} && cd -P "$e" && [ "$(env pwd -P)" = "$h" ] && give) || exit 1
  done
}
give`;

/** Gives the folder of a release from one account to another, as root. */
export async function giveRelease(
  { remote, options, host }: OnHost,
  { path }: Store,
  release: string,
  from: string,
  to: string,
): Promise<void> {
  const words = ["sh", "-c", giveScript, "hostout", path, release, options.effectiveUser ?? remote.user];
  try {
    await remote.as("root").run([...words, from, to], { quiet: true, title: `chown ${to} ${release}` });
  } catch (error) {
    if (!isHostoutError(error) || error.status !== movedAway) throw error;
    throw new HostoutError({
      code: "refused",
      message: `${host.name}: the folder of ${release} is not in ${path}/releases, or ${path} belongs to another account: root gives nothing away there`,
      hint: `Is ${path}/releases a link? Move the folder that it leads to into its place.`,
      host: host.name,
      cause: error,
    });
  }
}
