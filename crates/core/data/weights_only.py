"""Writes down what `torch.load(weights_only=True)` takes, from the sources of one release of PyTorch.

    python weights_only.py VERSION WHEEL-OR-FOLDER > weights-only/VERSION.toml

VERSION is how answers name it (`2.6`). The sources are read out of a wheel, or out of the folder that one was unpacked
to; of a wheel on an index only these members are needed: `torch/_weights_only_unpickler.py`, `torch/__init__.py`,
`torch/cuda/__init__.py`, `torch/storage.py`, `torch/serialization.py`, `torch/_utils.py` and `torch/version.py`. PyTorch is not imported:
`_get_allowed_globals` runs with a stand-in for `torch` whose attributes only know what they are called. What its
`Unpickler.load` does at an opcode is told from the source of that branch; a branch that this script has not seen stops
it, and wants to be read by a person.
"""

import ast
import hashlib
import pathlib
import re
import sys
import zipfile

SOURCES = ("_weights_only_unpickler", "__init__", "storage", "serialization", "_utils", "version", "cuda/__init__")

# The branches whose conditions were read, by opcode and the beginning of the SHA-256 of their source.
READ = {
    "GLOBAL": ["b3d54dd9f624", "620e9b406e0c", "e21e4fb08fde", "88802f6cb120"],
    "NEWOBJ": ["76fcbc7638b6", "61ee311b154d", "8f8e55a89fad", "f8c8a5cfac40"],
    "REDUCE": ["79b634cbe066", "916bca6070ff", "124b3eba5bfa", "181f597f6bed"],
    "BUILD": ["1ee4cb77077c", "d55a94ff1b11", "04baf73822d9", "f5147bef60ce"],
    "APPEND": ["ca304dc39522", "c8252491435e"],
    "APPENDS": ["c65b9761dcbb", "63fac6d477d4"],
    "SETITEM": ["5c4d075074bc", "c84c37b0aead"],
    "SETITEMS": ["04f34e2eb74a", "eacfb892e2ef"],
    "BINPERSID": ["47f9ac99c058", "50abf3d2b386", "c0da48972958"],
    "PROTO": ["025694daa2c3", "d5af74f8e0a8", "1747bc7913e3"],
    "STOP": ["ff2b0d9920f1", "7c3ab96e1087"],
    "SHORT_BINSTRING": ["7874e425b76b"],
    "BINPUT": ["e62c1e87d011"],
    "LONG_BINGET": ["219311d31abb"],
}

# `torch._tensor_classes` is filled by machine code (`torch/csrc/tensor/python_tensor.cpp`); these were read out of
# 1.13.0 and 2.15.0, which agree.
TENSORS = "BFloat16 Bool Byte Char Double Float Half Int Long Short".split()
SPARSE = [name for name in TENSORS if name != "Bool"]

# Types of elements that have two names; `str` gives the second.
ALIASES = {"double": "float64", "float": "float32", "half": "float16", "long": "int64", "int": "int32",
           "short": "int16", "cdouble": "complex128", "cfloat": "complex64", "chalf": "complex32"}

# What `import torch` itself gives to `add_safe_globals` (`torch/distributed/device_mesh.py` of 2.15).
ADDED = {"2.15": ["torch.distributed._mesh_layout._FlatLayout", "torch.distributed._mesh_layout._MeshLayout"]}


class Named:
    """Something that only knows its dotted name."""

    def __init__(self, path):
        self.path = path
        self.__module__, _, self.__name__ = path.rpartition(".")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Named(f"{self.path}.{ALIASES.get(name, name) if self.path == 'torch' else name}")

    def __call__(self, *args):
        return Named(f"{self.path}()")

    def __str__(self):
        return self.path

    def __eq__(self, other):
        return isinstance(other, Named) and self.path == other.path

    def __hash__(self):
        return hash(self.path)


class Torch(Named):
    """The stand-in for the package."""

    def __init__(self, sources):
        super().__init__("torch")
        self._tensor_classes = tensor_classes()
        self._storage_classes = storage_classes(sources)
        self.storage = Named("torch.storage")
        for function in ("_dtype_to_storage_type_map", "_new_dtypes"):
            if found := definition(sources["storage"], function):
                setattr(self.storage, function, run([found], {"torch": self})[function])


def tensor_classes():
    dense = [f"{place}.{name}Tensor" for place in ("torch", "torch.cuda") for name in TENSORS]
    sparse = [f"{place}.{name}Tensor" for place in ("torch.sparse", "torch.cuda.sparse") for name in SPARSE]
    return [Named(path) for path in dense + sparse]


def storage_classes(sources):
    """The names in the set, with the modules that define them."""
    origin = {}
    for node in ast.walk(sources["__init__"]):
        if isinstance(node, ast.ImportFrom) and node.level <= 1 and node.module:
            module = node.module if node.level == 0 else f"torch.{node.module}"
            origin.update({alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names})
    names = assigned(sources["__init__"], "_storage_classes").elts
    added = re.findall(r"torch\._storage_classes\.add\((\w+)\)", ast.unparse(sources["cuda/__init__"]))
    return [Named(origin.get(name.id, f"torch.{name.id}")) for name in names] + [Named(f"torch.cuda.{name}") for name in added]


def definition(tree, name):
    """The function of that name, without its decorators, or None."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            node.decorator_list = []
            return node
    return None


def assigned(tree, name):
    """What is assigned to a global name, or None."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and any(getattr(t, "id", None) == name for t in targets):
            return node.value
    return None


def run(functions, names):
    """The names, after the definitions of functions."""
    for function in functions:
        function.returns = None
        for node in ast.walk(function):
            if isinstance(node, ast.AnnAssign):
                node.annotation = ast.Constant(None)
    module = ast.fix_missing_locations(ast.Module(body=functions, type_ignores=[]))
    exec(compile(module, "torch", "exec"), names)
    return names


def allowed(sources):
    """The globals that are allowed by default, each with what it is: class, function or value."""
    unpickler = sources["_weights_only_unpickler"]
    names = {"torch": Torch(sources), "OrderedDict": Named("collections.OrderedDict"),
             "Counter": Named("collections.Counter"), "encode": Named("_codecs.encode")}
    names.update({name: Named(f"builtins.{name}") for name in ("bytearray", "set", "complex")})
    # `_tensor_rebuild_functions` returns a set, which needs no builtins; `{...}` is syntax.
    functions = [definition(unpickler, "_tensor_rebuild_functions"), definition(unpickler, "_get_allowed_globals")]
    table = run([function for function in functions if function], names)["_get_allowed_globals"]()
    return {path: sort(path, value) for path, value in table.items()}


def sort(path, value):
    name = path.rpartition(".")[2]
    if value.path.endswith("()"):
        return "value"
    if name.startswith("_") or path == "_codecs.encode":
        return "function"
    if name[0].isupper() or path.startswith("builtins.") or path == "torch.device":
        return "class"
    return "value"


def branches(unpickler):
    """The branches of `Unpickler.load`, by opcode."""
    [unpickler] = [node for node in unpickler.body if getattr(node, "name", "") == "Unpickler"]
    load = definition(unpickler, "load")
    loop = next(node for node in load.body if isinstance(node, ast.While))
    found, branch = {}, loop.body[-1]
    while isinstance(branch, ast.If):
        # `key[0] == GLOBAL[0]`, or `key[0] in [BINGET[0], LONG_BINGET[0]]`
        for opcode in re.findall(r"\b([A-Z][A-Z0-9_]+)\[0\]", ast.unparse(branch.test)):
            found[opcode] = "\n".join(ast.unparse(node) for node in branch.body)
        [branch] = branch.orelse if len(branch.orelse) == 1 else [None]
    return found


def strings(node):
    return [] if node is None else ast.literal_eval(node)


def whom(source, subject):
    """Which classes a branch takes besides those that it names."""
    user = f"{subject} in _get_user_allowed_globals().values()" in source
    default = f"{subject} in _get_allowed_globals().values()" in source
    return "allowed" if user and default else "user" if user else "none"


def facts(version, sources):
    unpickler = sources["_weights_only_unpickler"]
    found = branches(unpickler)
    for opcode, known in READ.items():
        digest = hashlib.sha256(found[opcode].encode()).hexdigest()[:12]
        if digest not in known:
            sys.exit(f"{version}: {opcode}: nobody has read this branch yet, {digest}:\n{found[opcode]}")
    is_global = found["GLOBAL"]
    names = "never"
    if "_read_global_instruction" in is_global:
        is_read = definition(unpickler, "_read_global_instruction")
        names = "always" if "NAME_MAPPING" in ast.unparse(is_read) else "never"
    elif "self.proto == 2" in is_global:
        names = "protocol-2"
    user = definition(unpickler, "_get_user_allowed_globals")
    user = ast.unparse(user) if user else ""
    target = definition(unpickler, "_check_set_item_target")
    items = ["dict", "collections.OrderedDict", "collections.Counter"]
    if target and "not in [dict, OrderedDict, Counter]" not in ast.unparse(target):
        sys.exit(f"{version}: SETITEM: other targets")
    legacy = ast.unparse(definition(sources["serialization"], "_legacy_load"))
    load = ast.unparse(definition(sources["serialization"], "load"))
    utils = sources["_utils"]
    return {
        "version": version,
        "release": ast.literal_eval(assigned(sources["version"], "__version__")),
        "opcodes": sorted(found),
        "python2_names": names,
        "blocked": strings(assigned(unpickler, "_blocklisted_modules")),
        "new": whom(found["NEWOBJ"], "cls"),
        "build": whom(found["BUILD"], "type(inst)"),
        "items": items if target else None,
        "int_id": "not type(pid) is not int" not in found["BINPERSID"],
        "safe_globals": "__qualname__" if "__qualname__" in user else "__name__" if user else None,
        "pairs": "isinstance(f, tuple)" in user,
        "tar": "legacy .tar format" not in legacy,
        "script": "with TorchScript archives" not in load,
        "added": ADDED.get(version, []),
        "globals": allowed(sources),
        "modules": strings(assigned(utils, "IMPORT_MAPPING")) if names != "never" else {},
        "names": strings(assigned(utils, "NAME_MAPPING")) if names != "never" else {},
    }


def quoted(words):
    """A list over several lines."""
    lines, line = [], ""
    for word in words:
        word = f'"{word}", '
        if len(line) + len(word) > 110:
            lines.append(line.rstrip())
            line = ""
        line += word
    lines = [f"    {line}".rstrip() for line in [*lines, line] if line]
    return "[\n" + "\n".join(lines) + "\n]"


def toml(facts):
    out = [f"# Made by data/weights_only.py from the sources of torch {facts['release']}. Not to be edited."]
    for key, value in facts.items():
        if value is None or key in ("globals", "modules", "names"):
            continue
        if isinstance(value, bool):
            out.append(f"{key} = {str(value).lower()}")
        elif isinstance(value, str):
            out.append(f'{key} = "{value}"')
        else:
            out.append(f"{key} = {quoted(value) if value else '[]'}")
    out.append("\n# Allowed by default, by what they are.\n[globals]")
    for kind in ("class", "function", "value"):
        out.append(f"{kind} = {quoted(sorted(p for p, k in facts['globals'].items() if k == kind))}")
    out.append("\n# Names of Python 2.\n[modules]")
    out += [f'{old} = "{new}"' for old, new in sorted(facts["modules"].items())]
    out.append("\n[names]")
    out += [f'"{" ".join(old)}" = "{" ".join(new)}"' for old, new in sorted(facts["names"].items())]
    return "\n".join(out)


def read(place):
    """The syntax trees of the sources."""
    if zipfile.is_zipfile(place):
        with zipfile.ZipFile(place) as wheel:
            return {name: ast.parse(wheel.read(f"torch/{name}.py")) for name in SOURCES}
    return {name: ast.parse((pathlib.Path(place) / "torch" / f"{name}.py").read_bytes()) for name in SOURCES}


if __name__ == "__main__":
    print(toml(facts(sys.argv[1], read(sys.argv[2]))))
