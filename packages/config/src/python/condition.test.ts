import { ConfigError } from "../config-error.ts";
import { isConditionTrue } from "./condition.ts";
import type { PythonFacts } from "./python-facts.ts";

const python: PythonFacts = {
  version: "3.11.2",
  platform: "linux",
  machine: "x86_64",
  release: "6.1.0-18-amd64",
  systemVersion: "#1 SMP",
  node: "web1",
  is64Bit: true,
  isLittleEndian: true,
  environment: { HOME: "/home/x", DEPLOY: "staging" },
  osRelease: () => new Map([["ID", "debian"]]),
};
const ask = (text: string) => isConditionTrue(text, { file: "a.cfg", line: 1, text: `[a: ${text}]` }, python);

test.each([
  "python3",
  "python311",
  "not python2",
  "python2 or linux and bits64",
  "posix and not (windows or macosx)",
  'linux and platform.machine() == "x86_64"',
  "sys.version_info > (3,8)",
  "sys.version_info[:2] == (3, 11)",
  "(2,) < sys.version_info < (4,)",
  "sys.version_info.major == 3 and sys.version_info[1] != 10",
  "sys.platform.startswith('linux')",
  "sys.platform.startswith(('win', 'linux'))",
  "os.environ.get('DEPLOY') == 'staging'",
  "os.environ.get('NONE', 'x') == 'x' and 'NONE' not in os.environ",
  "os.environ['DEPLOY'].upper() in ['STAGING', 'LIVE']",
  "os.name == 'posix' and os.path.isdir('/') and not os.path.exists('/no/such')",
  "platform.release().split('.')[:2] == ['6', '1']",
  "int(platform.release().split('.')[0]) >= 6",
  "platform.freedesktop_os_release()['ID'] == 'debian'",
  "os.path.isdir('/no/such') or True",
  "len('abc') == 3 and max(1, 2) == 2 and any([0, 1]) and not all([0, 1])",
  "'a' 'b' == 'ab' and 1 + 2 - 4 == -1",
  "chr(65) == 'A' and ord('A') == 65",
  "True == 1 and None is not False",
  "sys.maxsize > 2147483647",
  "[]  == []",
  "1, 2",
  "'\\x23' == '#'",
  "python_version >= '3.9'",
  'python_version == "3.11"',
  "python_full_version ~= '3.11.0' and '3.8' < python_version",
  "python_version == '3.*' and python_version != '3.10.*'",
  "(sys_platform == 'linux' or os_name == 'nt') and platform_machine in 'x86_64 amd64'",
  "platform_system not in 'Windows' and implementation_name == 'cpython'",
  "python_version >= '3.11rc1'",
  "'linux' === sys_platform",
])("%s is true", (text) => {
  expect(ask(text)).toBe(true);
});

test.each([
  "chr(65) == 'B'",
  "python2",
  "python310",
  "bits32",
  "not linux or platform.machine() != 'x86_64'",
  "sys.version_info < (3,8)",
  "False",
  "''",
  "0",
  "()",
  "windows and nosuch",
  "python_version < '3.9'",
  "sys_platform == 'win32'",
  "extra == 'test'",
])("%s is false", (text) => {
  expect(ask(text)).toBe(false);
});

test.each([
  ["nosuch", "the name 'nosuch' is not known"],
  ["python3 and nosuch", "the name 'nosuch' is not known"],
  ["os.system('true')", "'os.system' is not known"],
  ["__import__('os')", "the name '__import__' is not known"],
  ["sys.__class__", "'sys.__class__' is not known"],
  ["'a'.__class__", "the attribute '__class__' is not known"],
  ["'a'.constructor", "the attribute 'constructor' is not known"],
  ["constructor", "the name 'constructor' is not known"],
  ["os.environ.constructor", "the attribute 'constructor' is not known"],
  ["os.environ['NONE']", "there is no 'NONE'"],
  ["open('/etc/passwd').read()", "the name 'open' is not known"],
  ["1 < 'a'", "a number is expected"],
  ["(1", "the expression is not complete"],
  ["1 ** 2", "'*' is not understood"],
  ["python3 python2", "'python2' is not expected there"],
  ["", "the expression is not complete"],
  ["lambda: 1", "'lambda' is not expected there"],
  ["[x for x in '']", "'for' is not expected there"],
  ["'a", "''' is not understood"],
  [`${"(".repeat(200)}1${")".repeat(200)}`, "the nesting is too deep"],
  ["1 or ".repeat(2000), "longer than 4000 characters"],
  ["linux ~= 'x'", "'~' is not understood"],
  ["sys_platform ~= 'x'", "'~=' compares versions only"],
])("%s is refused, and never false", (text, why) => {
  let fault: unknown;
  try {
    ask(text);
  } catch (error) {
    fault = error;
  }
  expect(fault).toBeInstanceOf(ConfigError);
  expect((fault as ConfigError).kind).toBe("condition-error");
  expect((fault as ConfigError).message).toContain(why);
});
