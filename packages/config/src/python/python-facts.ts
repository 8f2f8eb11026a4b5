import { readFileSync } from "node:fs";
import { arch, endianness, hostname, machine, platform, release, version } from "node:os";

/**
 * The facts that conditions can ask for: the Python of the buildout, and this system. hostout itself needs no
 * Python, and the Python version is a setting.
 */
export interface PythonFacts {
  /** For example 3.11 or 3.11.2. */
  readonly version: string;
  /** As `sys.platform`: linux, darwin, win32. */
  readonly platform: string;
  /** As `platform.machine()`: x86_64, aarch64. */
  readonly machine: string;
  readonly release: string;
  readonly systemVersion: string;
  readonly node: string;
  readonly is64Bit: boolean;
  readonly isLittleEndian: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** As `platform.freedesktop_os_release()`. */
  readonly osRelease: () => ReadonlyMap<string, string>;
}

/** Default Python version for conditions: the version of Debian 12. */
export const defaultPythonVersion = "3.11";

/**
 * Returns the facts of this machine. The environment variable `HOSTOUT_PYTHON` sets the Python version for
 * conditions.
 */
export function thisPython(environment: Readonly<Record<string, string | undefined>>): PythonFacts {
  const given = environment.HOSTOUT_PYTHON ?? "";
  return {
    version: /^\d+(\.\d+){1,2}$/.test(given) ? given : defaultPythonVersion,
    platform: platform(),
    machine: machine(),
    release: release(),
    systemVersion: version(),
    node: hostname(),
    is64Bit: !/^(?:arm|ia32|mips|mipsel|ppc|s390)$/.test(arch()),
    isLittleEndian: endianness() === "LE",
    environment,
    osRelease,
  };
}

function osRelease(): ReadonlyMap<string, string> {
  for (const file of ["/etc/os-release", "/usr/lib/os-release"]) {
    try {
      const rows = [...readFileSync(file, "utf8").matchAll(/^(\w+)=["']?(.*?)["']?$/gm)];
      return new Map(rows.map(([, name = "", text = ""]) => [name, text]));
    } catch {
      // Continue with the next file, as Python does.
    }
  }
  throw new Error("this system has no os-release file");
}

/** Returns the Python version as three numbers. */
export function versionNumbers({ version }: PythonFacts): readonly [number, number, number] {
  const [major = 3, minor = 0, micro = 0] = version.split(".").map(Number);
  return [major, minor, micro];
}

/** Returns the system's name, as `platform.system()`. */
export function systemName({ platform }: PythonFacts): string {
  return (
    { linux: "Linux", darwin: "Darwin", win32: "Windows", freebsd: "FreeBSD", sunos: "SunOS" }[platform] ??
    platform
  );
}
