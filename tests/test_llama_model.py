"""Where the model's file is, and what is said where there is none."""

import sys
from importlib import metadata
from pathlib import Path

import pytest

from monitor.llama import model
from monitor.llama.install import MODEL, RUNTIME
from monitor.llama.model import ModelFile, NoModel, checked, find


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of packages, the only one that Python knows."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(model, "RUNTIME", "fake_runtime")
    monkeypatch.setattr(model, "PACKAGE", "fake_model")
    return tmp_path


def package(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("raise RuntimeError('this is not for importing')", encoding="utf-8")
    return folder / name


def test_the_default_model_is_found_in_its_package_which_is_not_imported(packages: Path) -> None:
    with pytest.raises(NoModel, match=r"not installed: python -m monitor.llama.install"):
        find()
    package(packages, "fake_runtime")
    with pytest.raises(NoModel, match=r"default model is not installed: python -m monitor.llama.install"):
        find()
    path = package(packages, "fake_model") / "Small-1B.Q4_1.gguf"
    path.write_bytes(b"GGUF1234")
    assert find() == ModelFile(path, "Small-1B", 8)
    other = packages / "other.gguf"
    other.write_bytes(b"GGUF")
    assert find(other) == ModelFile(other, "other", 4)


def test_what_is_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    text = tmp_path / "text.gguf"
    text.write_text("GG", encoding="ascii")
    with pytest.raises(NoModel, match=r"text.gguf is not a GGUF file"):
        checked(text)
    for path in (tmp_path, tmp_path / "nothing.gguf", Path("/dev/zero"), tmp_path / ("x" * 300)):
        with pytest.raises(NoModel):
            checked(path)


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.gguf"
    path.touch()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(NoModel, match=r"cannot read the model file .*secret.gguf: Permission denied"):
        checked(path)


def test_the_extra_and_the_installer_speak_of_the_same_versions() -> None:
    wanted = [each for each in metadata.requires("realtime-monitor") or [] if "llama" in each]
    assert [each.partition(";")[0].strip() for each in wanted] == ["==".join(RUNTIME)]
    assert MODEL[0].replace("-", "_") == model.PACKAGE
