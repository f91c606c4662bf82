"""Pickles written opcode by opcode, for `compare.py`. Each has one thing that some unpickler refuses, or takes where it
might be thought to refuse it."""

import struct


def text(word):
    return b"X" + struct.pack("<I", len(word)) + word.encode()


def glob(module, name):
    return f"c{module}\n{name}\n".encode()


ORDERED = glob("collections", "OrderedDict") + b")R"
COUNTER = glob("collections", "Counter") + b")R"
DEFAULT = glob("collections", "defaultdict") + b")R"
TENSOR = glob("torch._utils", "_rebuild_tensor_v2")
STORAGE = b"(" + text("storage") + glob("torch", "FloatStorage") + text("0") + text("cpu") + b"K\x01tQ"
REBUILT = TENSOR + b"(" + STORAGE + b"K\x00K\x01\x85K\x01\x85\x89" + ORDERED + b"tR"
PARAMETER = glob("torch._utils", "_rebuild_parameter") + b"(" + REBUILT + b"\x89" + ORDERED + b"tR"
ONE = b"K\x01"


def two(body, end=b"."):
    """Something that nothing else is wrong with, in protocol 2."""
    return b"\x80\x02" + body + end


CASES = {
    # One opcode each that no unpickler of the kind needs, and mostly has not.
    "int": two(b"I1\n"),
    "bool-line": two(b"I01\n"),
    "long": two(b"L1L\n"),
    "long4": two(b"\x8b\x01\x00\x00\x00\x01"),
    "long1": two(b"\x8a\x01\x01"),
    "float": two(b"F1.5\n"),
    "binfloat": two(b"G" + struct.pack(">d", 1.5)),
    "string": two(b"S'a'\n"),
    "binstring": two(b"T\x01\x00\x00\x00a"),
    "short-binstring": two(b"U\x01a"),
    "short-binstring-latin1": two(b"U\x01\xe9"),
    "short-binstring-utf8": two(b"U\x02\xc3\xa9"),
    "unicode": two(b"Va\n"),
    "binunicode": two(text("a")),
    "binunicode-bad": two(b"X\x01\x00\x00\x00\xff"),
    "short-binunicode": two(b"\x8c\x01a"),
    "binunicode8": two(b"\x8d" + struct.pack("<Q", 1) + b"a"),
    "binbytes": two(b"B\x01\x00\x00\x00a"),
    "short-binbytes": two(b"C\x01a"),
    "binbytes8": two(b"\x8e" + struct.pack("<Q", 1) + b"a"),
    "bytearray8": two(b"\x96" + struct.pack("<Q", 1) + b"a"),
    "frame": two(b"\x95" + struct.pack("<Q", 2) + b"N", b"."),
    "memoize": two(b"N\x94"),
    "put-line": two(b"Np0\n"),
    "get-line": two(b"Nq\x000g0\n"),
    "get-line-only": two(b"Nq\x00g0\n"),
    "dup": two(b"N2\x86"),
    "pop": two(b"NN0"),
    "pop-mark": two(b"N(N1"),
    "dict": two(b"(d"),
    "list": two(b"(l"),
    "frozenset": two(b"(\x91"),
    "additems": two(b"\x8f(" + ONE + b"\x90"),
    "empty-set": two(b"\x8f"),
    "inst": two(b"(icollections\nOrderedDict\n"),
    "obj": two(b"(" + glob("collections", "OrderedDict") + b"o"),
    "newobj-ex": two(glob("torch", "Size") + b")}\x92"),
    "stack-global": two(text("collections") + text("OrderedDict") + b"\x93"),
    "ext1": two(b"\x82\x01"),
    "next-buffer": two(b"\x97"),
    "persid": two(b"P0\n"),
    "empty-tuple": two(b")"),
    # Streams that do not end, or cannot go on.
    "truncated": two(b"N", b""),
    "underflow": two(b"", b"."),
    "no-memo": two(b"h\x00"),
    "no-mark": two(b"t"),
    "mark-left": two(b"(N"),
    "no-opcode": two(b"\xff"),
    "protocol-0": b"N.",
    "protocol-3": b"\x80\x03N.",
    "protocol-9": b"\x80\x09N.",
    "protocol-twice": b"\x80\x02\x80\x04N.",
    "memo-far": two(b"Nr\x00\x00\x00\x10"),
    # Globals: by default, by other ways to the same, by names of Python 2, and never.
    "ordered": two(ORDERED),
    "counter": two(COUNTER),
    "defaultdict": two(DEFAULT),
    "print": two(glob("builtins", "print")),
    "print-called": two(glob("builtins", "print") + text("inert words") + b"\x85R"),
    "len-python2": two(glob("__builtin__", "len")),
    "set-python2": two(glob("__builtin__", "set") + b"]\x85R"),
    "bytearray-python2": two(glob("__builtin__", "bytearray") + b")R"),
    "set-python2-protocol-0": glob("__builtin__", "set") + b"]\x85R.",
    "ordered-python2-protocol-3": b"\x80\x03" + glob("UserDict", "OrderedDict") + b")R.",
    "xrange-python2": two(glob("__builtin__", "xrange") + ONE + b"\x85R"),
    "reduce-python2": two(glob("__builtin__", "reduce")),
    "getcwd": two(glob("os", "getcwd")),
    "getcwd-posix": two(glob("posix", "getcwd")),
    "version-of-sys": two(glob("sys", "version")),
    "path-module": two(glob("os.path", "join")),
    "dotted-elsewhere": two(glob("torch", "nn.parameter.Parameter")),
    "dotted-elsewhere-2": two(glob("torch.nn", "parameter.Parameter")),
    "parameter-short": two(glob("torch.nn", "Parameter")),
    "tensor-old-module": two(glob("torch._tensor", "Tensor")),
    "dtype": two(glob("torch", "float32")),
    "dtype-uint8": two(glob("torch", "uint8")),
    "dtype-uint3": two(glob("torch", "uint3")),
    "dtype-float8": two(glob("torch", "float8_e5m2")),
    "dtype-called": two(glob("torch", "float32") + b")R"),
    "qscheme": two(glob("torch", "per_tensor_affine")),
    "storage-cuda": two(glob("torch.cuda", "FloatStorage")),
    "storage-untyped": two(glob("torch.storage", "UntypedStorage")),
    "storage-untyped-short": two(glob("torch", "UntypedStorage")),
    "storage-called": two(glob("torch", "FloatStorage") + ONE + b"\x85R"),
    "tensor-class-cuda": two(glob("torch.cuda.sparse", "FloatTensor")),
    "name-with-space": two(glob("torch", "Size ")),
    "name-empty": two(glob("torch", "")),
    "name-carriage-return": two(b"ctorch\nSize\r\n"),
    "codecs-encode": two(glob("_codecs", "encode") + text("a") + text("latin1") + b"\x86R"),
    "codecs-encode-uu": two(glob("_codecs", "encode") + text("a") + text("utf-8") + b"\x86R"),
    "complex": two(glob("builtins", "complex") + ONE + b"\x85R"),
    "size": two(glob("torch", "Size") + ONE + b"\x85\x85R"),
    "device": two(glob("torch", "device") + text("cpu") + b"\x85R"),
    "layout": two(glob("torch.serialization", "_get_layout") + text("torch.strided") + b"\x85R"),
    "mesh-layout": two(glob("torch.distributed._mesh_layout", "_MeshLayout")),
    "partial": two(glob("functools", "partial") + glob("builtins", "len") + b"\x85R"),
    # Calls of what is no function, and classes by NEWOBJ.
    "call-tuple": two(b")" + b")R"),
    "call-text": two(text("a") + b")R"),
    "call-result": two(ORDERED + b")R"),
    "call-inner": two(glob("builtins", "getattr") + glob("objects", "Config") + text("Inner") + b"\x86R)R"),
    "new-inner": two(glob("builtins", "getattr") + glob("objects", "Config") + text("Inner") + b"\x86R)\x81}b"),
    "new-ordered": two(glob("collections", "OrderedDict") + b")\x81"),
    "new-counter": two(glob("collections", "Counter") + b")\x81"),
    "new-size": two(glob("torch", "Size") + b")\x81"),
    "new-parameter": two(glob("torch.nn.parameter", "Parameter") + b")\x81"),
    "new-config": two(glob("objects", "Config") + b")\x81}b"),
    "new-function": two(glob("torch._utils", "_rebuild_tensor") + b")\x81"),
    "new-dtype": two(glob("torch", "float32") + b")\x81"),
    "new-none": two(b"N)\x81"),
    # Objects that are given a state.
    "build-ordered": two(ORDERED + b"}" + text("a") + ONE + b"sb"),
    "build-counter": two(COUNTER + b"}" + text("a") + ONE + b"sb"),
    "build-config": two(glob("objects", "Config") + b")R}" + text("a") + ONE + b"sb"),
    "build-dict": two(b"}}b"),
    "build-list": two(b"]}b"),
    "build-none": two(b"N}b"),
    "build-global": two(glob("collections", "OrderedDict") + b"}b"),
    "build-dtype": two(glob("torch", "float32") + b"}b"),
    "build-size": two(glob("torch", "Size") + b")\x85R}b"),
    "build-set": two(b"\x8f}b"),
    "build-stateful": two(glob("objects", "Stateful") + b")\x81}" + text("state") + ONE + b"sb"),
    "build-slots": two(glob("objects", "Slots") + b")\x81N}" + text("left") + ONE + b"s\x86b"),
    "build-dtype-of-numpy": two(glob("numpy", "dtype") + text("f8") + b"\x89\x88\x87R(K\x03" + text("<")
                                + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"),
    # Items.
    "items-on-ordered": two(ORDERED + text("a") + ONE + b"s"),
    "items-on-counter": two(COUNTER + text("a") + ONE + b"s"),
    "items-on-defaultdict": two(DEFAULT + b"(" + text("a") + ONE + b"u"),
    "items-on-class-of-dicts": two(glob("objects", "Ordered") + b")R" + text("a") + ONE + b"s"),
    "items-on-a-list": two(b"]" + ONE + b"aK\x00" + ONE + b"s"),
    "items-on-a-tuple": two(b")K\x00" + ONE + b"s"),
    "items-on-none": two(b"NK\x00" + ONE + b"s"),
    "items-on-a-set": two(b"\x8fK\x00" + ONE + b"s"),
    "items-on-a-tensor": two(REBUILT + b"K\x00" + ONE + b"s"),
    "items-on-size": two(glob("torch", "Size") + b")\x85RK\x00" + ONE + b"s"),
    "items-odd": two(b"}(" + ONE + b"u"),
    "items-unhashable": two(b"}]" + ONE + b"s"),
    "items-none-on-a-tuple": two(b")(u"),
    "append-to-tuple": two(b")" + ONE + b"a"),
    "append-to-ordered": two(ORDERED + ONE + b"a"),
    "append-to-deque": two(glob("collections", "deque") + b")R" + ONE + b"a"),
    "appends-to-class-of-lists": two(glob("objects", "Listed") + b")\x81(" + ONE + b"e"),
    "append-to-list-called": two(glob("builtins", "list") + b")R" + ONE + b"a"),
    # Tensors and persistent ids.
    "tensor": two(REBUILT),
    "parameter": two(PARAMETER),
    "build-tensor": two(REBUILT + b"(" + STORAGE + b"K\x00K\x01\x85K\x01\x85tb"),
    "storage": two(STORAGE),
    "id-str": two(text("7") + b"Q"),
    "id-int": two(b"K\x07Q"),
    "id-none": two(b"NQ"),
    "id-list": two(b"]Q"),
    "id-bool": two(b"\x88Q"),
    "id-empty": two(b")Q"),
    "id-module": two(b"(" + text("module") + glob("torch", "Size") + b"NNtQ"),
    "id-short": two(b"(" + text("storage") + ONE + b"tQ"),
    "id-not-storage": two(b"(" + text("storages") + glob("torch", "FloatStorage") + text("0") + text("cpu") + b"K\x01tQ"),
    "id-bytes": two(b"(U\x07storage" + glob("torch", "FloatStorage") + text("0") + text("cpu") + b"K\x01tQ"),
}
