/**
 * Python, in the folder of a project: `facts` prints its name and version as JSON; `build VERSION FOLDER` makes a wheel
 * of that version.
 *
 * The driver writes the version into `pyproject.toml`, instead of the version there or the one that the backend would
 * compute.
 * The driver tries all possible places. Then it reads the result again, which must differ in nothing else.
 */
export const backendDriver = `import sys

# The present folder: modules of the project are none of Python's, nor of its backend.
sys.path = [path for path in sys.path if path]
import importlib, json, os, re, tempfile


def missing(module, requires):
    print(json.dumps({"missing": module, "requires": requires}))
    sys.exit()


# Python has it from 3.11 on.
for module in "tomllib", "tomli", "pip._vendor.tomli":
    try:
        tomllib = importlib.import_module(module)
        break
    except ImportError:
        pass
else:
    missing("tomli", ["tomli"])

with open("pyproject.toml", encoding="utf-8", newline="") as file:
    text = file.read()
data = tomllib.loads(text)
system = data["build-system"]


def load():
    for path in reversed(system.get("backend-path", [])):
        sys.path.insert(0, os.path.abspath(path))
    module, _, names = system["build-backend"].partition(":")
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing(error.name, system.get("requires", []))
    for name in filter(None, names.split(".")):
        found = getattr(found, name)
    return found


def facts():
    backend = load()
    project = data.get("project", {})
    if "name" in project and "version" in project:
        return project["name"], project["version"]
    with tempfile.TemporaryDirectory() as folder:
        made = backend.prepare_metadata_for_build_wheel(folder)
        with open(os.path.join(folder, made, "METADATA"), encoding="utf-8") as file:
            head = file.read().split("\\n\\n")[0]
    return tuple(re.search("^%s: *(.*)$" % name, head, re.M).group(1).strip() for name in ("Name", "Version"))


def edits(text, version):
    for found in re.finditer(r"""(\\bversion["']?[ \\t]*=[ \\t]*)(?:"[^"\\n]*"|'[^'\\n]*')""", text):
        yield text[: found.start()] + found.group(1) + '"%s"' % version + text[found.end() :]
    for header in re.finditer(r"^[ \\t]*\\[.*(?:project|poetry).*\\n", text, re.M):
        head, rest = text[: header.end()], text[header.end() :]
        line = 'version = "%s"\\n' % version
        yield head + line + rest
        for found in re.finditer(r"""["']version["']\\s*,?""", rest):
            yield head + line + rest[: found.start()] + rest[found.end() :]


def is_wanted(edit, wanted):
    try:
        return tomllib.loads(edit) == wanted
    except tomllib.TOMLDecodeError:
        return False


def edited(text, names, version):
    wanted = tomllib.loads(text)
    place = wanted
    for name in names:
        place = place[name]
    place["version"] = version
    if "version" in place.get("dynamic", []):
        place["dynamic"].remove("version")
    for edit in edits(text, version):
        if is_wanted(edit, wanted):
            return edit
    sys.exit("pyproject.toml cannot be given another version in [%s]" % ".".join(names))


def with_version(version):
    tables = [("project",)] if "project" in data else []
    # Which of them it heeds, only the backend knows.
    if "version" in data.get("tool", {}).get("poetry", {}):
        tables.append(("tool", "poetry"))
    if not tables:
        sys.exit("pyproject.toml has no [project] that could be given a version")
    made = text
    for names in tables:
        made = edited(made, names, version)
    return made


def build(version, folder):
    made = with_version(version)
    with open("pyproject.toml", "w", encoding="utf-8", newline="") as file:
        file.write(made)
    wheel = load().build_wheel(folder)
    # A backend may write the numbers in another way, but not what is behind them.
    if version.rpartition("+")[2] not in wheel:
        sys.exit("%s is not of version %s" % (wheel, version))


if sys.argv[1] == "facts":
    name, version = facts()
    print(json.dumps({"name": name, "version": version}))
else:
    build(*sys.argv[2:])
`;
