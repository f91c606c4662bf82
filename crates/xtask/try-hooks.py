"""Lets pre-commit run the hooks of this repository, as it is committed, over a repository with models and code in it.

usage: try-hooks.py PRE_COMMIT FOLDER
"""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HARMFUL = b"cos\nsystem\n(S'true'\ntR."
LOAD = 'from transformers import AutoModel\nAutoModel.from_pretrained("acme/base", revision="%s"%s)\n'
HARMLESS = LOAD % ("0" * 40, "")
TRUSTING = LOAD % ("0" * 40, ", trust_remote_code=True")
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
    (folder / "load.py").write_text(HARMLESS)
    (folder / "models" / "net.pt").write_bytes(HARMFUL)
    (folder / "models" / "own.pkl").write_bytes(PLAIN)
    (folder / "models" / "harmful.py").write_bytes(HARMFUL)
    git("init", "--quiet", folder=folder)
    git("add", ".", folder=folder)

    def run(hook):
        command = [pre_commit, "run", hook, "--all-files", "--verbose"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        print(done.stdout, done.stderr, sep="", end="")
        return done.returncode, done.stdout

    status, told = run("weighbridge")
    if status == 0 or "os.system" not in told or "models/net.pt" not in told:
        sys.exit("the hook has let a harmful model pass")
    if "own.pkl" in told or "harmful.py" in told:
        sys.exit("the hook has refused what it should not, or has not been handed")
    git("rm", "--quiet", "--force", "models/net.pt", folder=folder)
    status, _ = run("weighbridge")
    if status != 0:
        sys.exit("the hook has refused a plain model")
    status, _ = run("weighbridge-inventory")
    if status != 0:
        sys.exit("the hook has refused harmless code")
    (folder / "load.py").write_text(TRUSTING)
    git("add", ".", folder=folder)
    status, told = run("weighbridge-inventory")
    if status == 0 or "SRC103" not in told or "load.py:2" not in told:
        sys.exit("the hook has let code pass that trusts code of others")


main()
