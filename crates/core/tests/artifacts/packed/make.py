"""Writes the compressed files beside this script, with the libraries that loaders use.

    python3 -m pip install lz4 zstandard
    python3 make.py

What they hold is inert: the pickles are written by hand, and nothing is executed.
"""

import bz2
import gzip
import lzma
import zipfile
import zlib
from pathlib import Path

import lz4.frame
import zstandard

FOLDER = Path(__file__).parent
HARMLESS = b"(lp0\nI1\naI2\naS'words'\np1\na."
CALL = b"cos\nsystem\n(S'inert words'\ntR."

PACK = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "z": lambda data: zlib.compress(data, 3),
    "bz2": bz2.compress,
    "xz": lambda data: lzma.compress(data, check=lzma.CHECK_SHA256),
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    "zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    "lz4": lambda data: lz4.frame.compress(data, content_checksum=True, block_checksum=True),
}


def write(name, data):
    (FOLDER / name).write_bytes(data)


def main():
    FOLDER.mkdir(exist_ok=True)
    for ending, pack in PACK.items():
        write(f"harmless.pkl.{ending}", pack(HARMLESS))
        write(f"call.pkl.{ending}", pack(CALL))
    filters = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 6}]
    write("delta.pkl.xz", lzma.compress(CALL, filters=filters))
    named = bytearray(gzip.compress(CALL, mtime=0))
    # A name, a comment, an extra field and a checksum of the header.
    named[3] = 0b11110
    named[10:10] = b"\3\0abc" + b"../../name\0" + b"comment\0" + b"\xaa\xbb"
    write("named.pkl.gz", bytes(named))
    for method, name in [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")]:
        info = zipfile.ZipInfo("call.pkl")
        info.compress_type = method
        with zipfile.ZipFile(FOLDER / f"{name}.zip", "w") as archive:
            archive.writestr(info, CALL)
            info = zipfile.ZipInfo("harmless.pkl")
            info.compress_type = method
            archive.writestr(info, HARMLESS)


main()
