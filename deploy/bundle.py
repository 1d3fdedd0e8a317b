"""The offline bundle: this version's files, the wheels that it needs on every supported machine, and their sums.

    .venv/bin/python deploy/bundle.py [FOLDER]        # `make bundle`; needs a package index, which its user doesn't

Unpacked anywhere, `make run` installs from `wheels/` alone and starts; docs/operations.md has the rest.
"""

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MACHINES = ("x86_64", "aarch64")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# Oldest first: a wheel for an older system runs on a newer one, Debian 12 has glibc 2.36.
SYSTEMS = ("manylinux1", "manylinux2010", "manylinux2014", *(f"manylinux_2_{minor}" for minor in range(5, 37)))


def version() -> str:
    return re.search(r'VERSION = "(.+)"', (ROOT / "qa_plan/version.py").read_text())[1]


def requirements() -> str:
    """All that is locked, whatever it is needed for: which of it a machine needs, its own pip decides."""
    pins: dict[str, str] = {}
    for name in ("requirements.txt", "requirements-cas.txt", "requirements-ldap.txt", "requirements-s3.txt"):
        text = re.sub(r" ; [^\\\n]*", " ", (ROOT / name).read_text())
        for pin in re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.M | re.S):
            pins.setdefault(pin.partition("==")[0], pin)
    return "".join(pins.values())


def download(wheels: Path) -> None:
    """Every wheel for every machine and Python, each held to its locked hash."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(requirements())
        file.flush()
        for machine in MACHINES:
            for python in PYTHONS:
                abi = f"cp{python.replace('.', '')}"
                platforms = [part for system in SYSTEMS for part in ("--platform", f"{system}_{machine}")]
                command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
                command += [
                    "--no-deps",
                    "--require-hashes",
                    "--only-binary",
                    ":all:",
                    "--dest",
                    str(wheels),
                    *platforms,
                ]
                command += ["--python-version", python, "--implementation", "cp", "--abi", abi, "--abi", "abi3"]
                command += ["--abi", "none", "--requirement", file.name]
                subprocess.run(command, check=True)


def sources() -> list[str]:
    """What is under version control; a tree without git has nothing else in it but what is made."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return sorted(name for name in listed.decode().split("\0") if name and (ROOT / name).is_file())


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "bundle")
    folder.mkdir(parents=True, exist_ok=True)
    name = f"qa-plan-{version()}"
    with tempfile.TemporaryDirectory(dir=folder) as made:
        wheels = Path(made) / "wheels"
        wheels.mkdir()
        download(wheels)
        files = {each: ROOT / each for each in sources()}
        files |= {f"wheels/{path.name}": path for path in sorted(wheels.iterdir())}
        sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {each}\n" for each, path in files.items())
        (Path(made) / "SHA256SUMS").write_text(sums)
        target = folder / f"{name}.tar.gz"
        with tarfile.open(Path(made) / target.name, "w:gz", compresslevel=6) as tar:
            for each, path in {**files, "SHA256SUMS": Path(made) / "SHA256SUMS"}.items():
                tar.add(path, f"{name}/{each}", recursive=False)
        (Path(made) / target.name).replace(target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    (folder / f"{target.name}.sha256").write_text(f"{digest}  {target.name}\n")
    print(f"{target}: {target.stat().st_size / 1024**2:.0f} MB, {len(files)} files, SHA-256 {digest}")


if __name__ == "__main__":
    main()
