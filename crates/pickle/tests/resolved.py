"""Asks the base `find_class` of both of CPython's unpicklers what it imports, with stubs for modules.

Reads lines of JSON [protocol, module, name] and writes, for each, the list of path parts that each
unpickler reaches: the module that it imports and every attribute that it takes. Nothing is imported:
`__import__` is replaced by one that only puts a stub into `sys.modules`.
"""

import builtins
import io
import json
import pickle
import struct
import sys


class Stub:
    def __init__(self, path):
        self.__dict__["path"] = path

    def __getattr__(self, name):
        return Stub(self.path + [name])


def stub_import(name, globals=None, locals=None, fromlist=(), level=0):
    sys.modules[name] = Stub([name])
    return sys.modules[name]


def stream(protocol, module, name):
    texts = [text.encode("utf-8", "surrogatepass") for text in (module, name)]
    body = b"".join(b"X" + struct.pack("<I", len(text)) + text for text in texts)
    return b"\x80" + bytes([protocol]) + body + b"\x93."


def ask(unpickler, data):
    try:
        return unpickler(io.BytesIO(data)).load().path
    except Exception as error:
        return type(error).__name__


rows = [json.loads(line) for line in sys.stdin]
real, modules = builtins.__import__, dict(sys.modules)
answers = []
builtins.__import__ = stub_import
try:
    for row in rows:
        data = stream(*row)
        answers.append([ask(unpickler, data) for unpickler in (pickle.Unpickler, pickle._Unpickler)])
        sys.modules.clear()
        sys.modules.update(modules)
finally:
    builtins.__import__ = real
for answer in answers:
    print(json.dumps(answer, ensure_ascii=False))
