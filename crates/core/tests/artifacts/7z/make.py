"""Writes the archives beside this script, with `py7zr`.

    python3 -m pip install py7zr==1.1.4
    python3 make.py

What they hold is inert: the pickles are written by hand, and nothing is executed. Times are written into
the archives, so that they differ from one run to the next.
"""

from pathlib import Path

import py7zr

FOLDER = Path(__file__).parent
HARMLESS = b"(lp0\nI1\naI2\naS'words'\np1\na."
CALL = b"cos\nsystem\n(S'inert words'\ntR."

FILTERS = {
    "copy": [{"id": py7zr.FILTER_COPY}],
    "lzma": [{"id": py7zr.FILTER_LZMA, "preset": 6}],
    "lzma2": [{"id": py7zr.FILTER_LZMA2, "preset": 6}],
    "bzip2": [{"id": py7zr.FILTER_BZIP2}],
    "zstd": [{"id": py7zr.FILTER_ZSTD, "level": 3}],
    "deflate": [{"id": py7zr.FILTER_DEFLATE}],
    "ppmd": [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 16}],
    "x86": [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA2, "preset": 6}],
    "x86-lzma": [{"id": py7zr.FILTER_X86}, {"id": py7zr.FILTER_LZMA, "preset": 6}],
    "delta": [{"id": py7zr.FILTER_DELTA}, {"id": py7zr.FILTER_LZMA2, "preset": 6}],
}


def write(name, files, filters=None, encode=True, **options):
    with py7zr.SevenZipFile(FOLDER / name, "w", filters=filters, **options) as archive:
        archive.set_encoded_header_mode(encode)
        for path, data in files.items():
            archive.writestr(data, path)


def main():
    for name, filters in FILTERS.items():
        write(f"call-{name}.7z", {"call.pkl": CALL}, filters)
    write("harmless.7z", {"harmless.pkl": HARMLESS})
    several = {"folder/a.pkl": HARMLESS, "empty": b"", "call.pkl": CALL, "b.pkl": HARMLESS}
    write("call-several.7z", several)
    write("call-plain-header.7z", several, encode=False)
    write("harmless-nothing.7z", {})
    # More than a small file may expand to.
    write("zeros.7z", {"zeros": bytes(300 << 20)}, FILTERS["lzma2"])
    encrypted = [{"id": py7zr.FILTER_LZMA2, "preset": 6}, {"id": py7zr.FILTER_CRYPTO_AES256_SHA256}]
    write("call-aes.7z", {"call.pkl": CALL}, encrypted, password="words")


main()
