"""Writes the archives beside this script, with Python's own `tarfile`.

    python3 make.py

What they hold is inert: the pickles are written by hand, and nothing is executed. `sparse-*.tar` are made
with GNU tar, which has to be there.
"""

import bz2
import gzip
import io
import lzma
import subprocess
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
HARMLESS = b"(lp0\nI1\naI2\naS'words'\np1\na."
CALL = b"cos\nsystem\n(S'inert words'\ntR."
LONG = "folder/" + "l" * 120 + "/" + "n" * 90

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def add(archive, name, data, **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    archive.addfile(info, io.BytesIO(data))


def write(name, data, **options):
    with tarfile.open(FOLDER / name, "w", **options) as archive:
        add(archive, "folder", b"", type=tarfile.DIRTYPE)
        add(archive, "folder/a.pkl", data)
        add(archive, LONG, data)
        add(archive, "folder/link", b"", type=tarfile.SYMTYPE, linkname="a.pkl")
        add(archive, "folder/hard", b"", type=tarfile.LNKTYPE, linkname="folder/a.pkl")


def sparse(version):
    name = FOLDER / f"sparse-call-{version}.tar"
    name.unlink(missing_ok=True)
    form = ["--format=gnu"] if version == "gnu" else ["--format=pax", f"--sparse-version={version}"]
    with tempfile.TemporaryDirectory() as folder:
        # One value of nothing but zeros, and then a call.
        with open(f"{folder}/s", "wb") as file:
            file.write(b"B" + (1 << 20).to_bytes(4, "little"))
            file.seek(5 + (1 << 20))
            file.write(b"0" + CALL)
        owner = ["--owner=0", "--group=0", "--mtime=@0", "--pax-option=delete=atime,delete=ctime"]
        owner = owner[: 3 if version == "gnu" else 4]
        options = ["--sparse", "--record-size=512", *form, *owner]
        subprocess.run(["tar", "-C", folder, "-cf", name, *options, "s"], check=True)


def main():
    for name, form in FORMATS.items():
        write(f"harmless-{name}.tar", HARMLESS, format=form)
        write(f"call-{name}.tar", CALL, format=form)
    whole = (FOLDER / "call-pax.tar").read_bytes()
    packed = {"gz": gzip.compress(whole, mtime=0), "bz2": bz2.compress(whole), "xz": lzma.compress(whole)}
    for ending, data in packed.items():
        (FOLDER / f"call-pax.tar.{ending}").write_bytes(data)
    headers = {"comment": "words", "path": "not/used"}
    write("harmless-global.tar", HARMLESS, format=tarfile.PAX_FORMAT, pax_headers=headers)
    for version in ["gnu", "0.0", "0.1", "1.0"]:
        sparse(version)


main()
