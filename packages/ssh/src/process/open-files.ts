import { HostoutError } from "@hostout/kit";

/** Open files for other things than sessions: journals, transfers, programs that hostout starts. */
const reserved = 160;

/** With fewer files than that nobody has to look up the limit, which takes some milliseconds. */
const alwaysAllowed = 90;

let held = 0;
let limit: number | undefined;

/**
 * Counts the open files of a session, before the system refuses one in the middle of other work.
 *
 * @param host the label of the host
 * @returns a function that frees them, once
 * @throws HostoutError `unreachable` if this machine does not allow so many (ulimit -n)
 */
export function holdFiles(host: string, count: number, most: () => number = openFilesLimit): () => void {
  if (held + count > alwaysAllowed && held + count > most() - reserved) throw tooManyFiles(host, most());
  held += count;
  let isFree = false;
  return () => {
    if (!isFree) held -= count;
    isFree = true;
  };
}

function tooManyFiles(host: string, most: number): HostoutError {
  return new HostoutError({
    code: "unreachable",
    message: `${host} cannot be reached: this machine allows hostout ${most} open files, and the sessions with other hosts need them`,
    hint: "Allow more with 'ulimit -n 4096' before hostout, or select fewer hosts: --hosts GLOB",
    host,
  });
}

/** Returns how many files this process may open. At its start Node raises the soft limit to the hard one. */
function openFilesLimit(): number {
  limit ??= readLimit();
  return limit;
}

function readLimit(): number {
  // The names and addresses of all network interfaces would take longer.
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft: number | string } };
  };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Number.POSITIVE_INFINITY;
}
