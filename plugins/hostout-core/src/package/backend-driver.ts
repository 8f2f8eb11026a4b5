/**
 * Python, in the folder of a project: `facts` prints its name and version as JSON; `build VERSION FOLDER` makes a wheel of that version.
 *
 * The version is written into `pyproject.toml`, in the place of the one that is there or that the backend would find out; what
 * comes of that is read again, and must differ in nothing else.
 */
export const backendDriver = `import copy, importlib, json, os, re, sys, tempfile
try:
    import tomllib
except ImportError:
    try:
        import tomli as tomllib
    except ImportError:
        from pip._vendor import tomli as tomllib

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
        print(json.dumps({"missing": error.name, "requires": system.get("requires", [])}))
        sys.exit()
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


def table(name):
    return re.search(r"^[ \\t]*\\[[ \\t]*%s[ \\t]*\\][ \\t]*(?:#.*)?\\r?\\n((?:(?![ \\t]*\\[[^\\n]*\\][ \\t]*(?:#.*)?\\r?$).*\\n?)*)" % re.escape(name), text, re.M)


def with_version(version):
    wanted = copy.deepcopy(data)
    if "project" in data:
        name, place = "project", wanted["project"]
    else:
        name, place = "tool.poetry", wanted.get("tool", {}).get("poetry", {})
    found = table(name)
    if not found:
        sys.exit("pyproject.toml has no [project] that could be given a version")
    body = re.sub(r"^[ \\t]*version[ \\t]*=.*\\n?", "", found.group(1), flags=re.M)
    place["version"] = version
    if "version" in place.get("dynamic", []):
        place["dynamic"].remove("version")
        body = re.sub(r"^([ \\t]*dynamic[ \\t]*=[ \\t]*\\[[^\\]]*?)[\\"']version[\\"'][ \\t]*,?", r"\\1", body, flags=re.M)
    changed = text[: found.start(1)] + 'version = "%s"\\n' % version + body + text[found.end(1) :]
    if tomllib.loads(changed) != wanted:
        sys.exit("pyproject.toml cannot be given another version")
    return changed


if sys.argv[1] == "facts":
    name, version = facts()
    print(json.dumps({"name": name, "version": version}))
else:
    changed = with_version(sys.argv[2])
    with open("pyproject.toml", "w", encoding="utf-8", newline="") as file:
        file.write(changed)
    load().build_wheel(sys.argv[3])
`;
