"""Lets pre-commit run the hooks of this repository, as it is committed, over a repository with models in it.

usage: try-hooks.py PRE_COMMIT FOLDER
"""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HARMFUL = b"cos\nsystem\n(S'true'\ntR."
LOAD = 'from transformers import AutoModel\nAutoModel.from_pretrained("acme/base", revision="%s"%s)\n'
PLAIN = b"\x80\x04]\x94(K\x01K\x02e."


def git(*arguments, folder):
    done = subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def main():
    pre_commit, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    (folder / ".pre-commit-config.yaml").write_text(
        f"""\
repos:
  - repo: {ROOT}
    rev: {git("rev-parse", "HEAD", folder=ROOT)}
    hooks:
      - id: weighbridge
      - id: weighbridge-inventory
"""
    )
    (folder / "models" / "net.pt").write_bytes(HARMFUL)
    (folder / "models" / "own.pkl").write_bytes(PLAIN)
    (folder / "models" / "harmful.txt").write_bytes(HARMFUL)
    (folder / "load.py").write_text(LOAD % ("main", ", trust_remote_code=True"))
    git("init", "--quiet", folder=folder)
    git("add", ".", folder=folder)

    def run():
        command = [pre_commit, "run", "--all-files", "--verbose"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        print(done.stdout, done.stderr, sep="", end="")
        return done.returncode, done.stdout

    status, told = run()
    if status == 0 or "os.system" not in told or "models/net.pt" not in told:
        sys.exit("the hook has let a harmful model pass")
    if "SRC103" not in told:
        sys.exit("the hook has let code of others pass")
    if "own.pkl" in told or "harmful.txt" in told:
        sys.exit("the hook has refused what it should not, or has not been handed")
    git("rm", "--quiet", "--force", "models/net.pt", folder=folder)
    (folder / "load.py").write_text(LOAD % ("0" * 40, ""))
    status, _ = run()
    if status != 0:
        sys.exit("a hook has refused a plain model, or a pinned one")


main()
