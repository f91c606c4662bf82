"""Writes flips-*.tsv beside it: which bits of a shelf with a call can be flipped so that Python's module no longer leads
to the call. Run with the Python that has the module: python flips.py gnu|ndbm|sqlite3

Each line has a range of bytes and a mask of their bits. A child process opens each file, since the libraries may crash or hang; such
flips are not in the list.
"""

import importlib
import io
import os
import pathlib
import pickle
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
NAMES = {"gnu": "gnu-call", "ndbm": "ndbm-call.db", "sqlite3": "sqlite3-call"}


class Asked(Exception):
    pass


class Logging(pickle.Unpickler):
    def find_class(self, module, name):
        raise Asked

    def persistent_load(self, pid):
        raise Asked


def asks(value):
    try:
        Logging(io.BytesIO(value)).load()
    except Asked:
        return True
    except Exception:
        return False
    return False


def leads_to_a_call(database):
    keys = [b"call", b"words"]
    try:
        keys += list(database.keys())
    except Exception:
        pass
    for key in keys:
        try:
            value = database[key]
        except Exception:
            continue
        if asks(value):
            return True
    return False


def is_harmful(kind, path):
    module = importlib.import_module(f"dbm.{kind}")
    try:
        database = module.open(path, "r")
    except Exception:
        return False
    return leads_to_a_call(database)


def children(kind, seed, where, at):
    """Tries all bits of some bytes in a child; gives what it wrote."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        import signal

        signal.alarm(20)
        os.close(reader)
        path = os.path.join(where, NAMES[kind])
        for index in at:
            for bit in range(8):
                damaged = bytearray(seed)
                damaged[index] ^= 1 << bit
                pathlib.Path(path).write_bytes(damaged)
                stem = path.removesuffix(".db") if kind == "ndbm" else path
                harmful = is_harmful(kind, stem)
                os.write(writer, b"%d %d %d\n" % (index, bit, harmful))
        os._exit(0)
    os.close(writer)
    text = b""
    while chunk := os.read(reader, 65536):
        text += chunk
    os.close(reader)
    os.waitpid(pid, 0)
    return text


def main(kind):
    seed = (HERE / NAMES[kind]).read_bytes()
    masks = {}
    with tempfile.TemporaryDirectory(dir="/dev/shm") as where:
        assert is_harmful_whole(kind, seed, where)
        step = 16
        for start in range(0, len(seed), step):
            at = range(start, min(start + step, len(seed)))
            text = children(kind, seed, where, at)
            if text.count(b"\n") < 8 * len(at):
                text = b"".join(children(kind, seed, where, [one]) for one in at)
            for line in text.splitlines():
                index, bit, harmful = map(int, line.split())
                if not harmful:
                    masks[index] = masks.get(index, 0) | 1 << bit
    runs = []
    for index, mask in sorted(masks.items()):
        if runs and (runs[-1][1], runs[-1][2]) == (index, mask):
            runs[-1][1] += 1
        else:
            runs.append([index, index + 1, mask])
    lines = [f"{start}\t{end}\t{mask:02x}\n" for start, end, mask in runs]
    (HERE / f"flips-{kind}.tsv").write_text("".join(lines))
    print(kind, len(lines), "lines")


def is_harmful_whole(kind, seed, where):
    path = pathlib.Path(where) / NAMES[kind]
    path.write_bytes(seed)
    return is_harmful(kind, str(path).removesuffix(".db") if kind == "ndbm" else str(path))


if __name__ == "__main__":
    main(sys.argv[1])
