"""What a clone needs before anything runs: locks without hosts, scripts that explain themselves, one version."""

import hashlib
import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock.txt", "requirements-dev.lock.txt", "requirements-tool.lock.txt")


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    requirements = [block for block in re.split(r"\n(?=\S)", text) if "==" in block]
    assert requirements
    assert [block for block in requirements if "--hash=sha256:" not in block] == []


def test_the_development_lock_holds_the_very_versions_that_run() -> None:
    assert pins("requirements.lock.txt").items() <= pins("requirements-dev.lock.txt").items()


def test_every_declared_package_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = {re.split(r"[<>=\[]", line)[0].lower() for line in project["project"]["dependencies"]}
    assert declared <= pins("requirements.lock.txt").keys()
    development = {re.split(r"[<>=\[]", line)[0].lower() for line in project["dependency-groups"]["dev"]}
    assert development <= pins("requirements-dev.lock.txt").keys()


def test_browser_packages_are_pinned_exactly_and_checked_by_hash() -> None:
    wanted = json.loads((ROOT / "webui/frontend/package.json").read_text())["dependencies"]
    packages = json.loads((ROOT / "webui/frontend/package-lock.json").read_text())["packages"]
    locked = {path.removeprefix("node_modules/"): entry for path, entry in packages.items() if path}
    assert {name: locked[name]["version"] for name in wanted} == wanted
    assert [name for name, entry in locked.items() if "integrity" not in entry or "resolved" in entry] == []


def test_browser_files_are_the_ones_of_the_manifest_and_load_nothing_from_elsewhere() -> None:
    vendor = ROOT / "webui/static/vendor"
    manifest = json.loads((vendor / "manifest.json").read_text())
    assert manifest.keys() | {"manifest.json"} == {file.name for file in vendor.iterdir()}
    for name, entry in manifest.items():
        content = (vendor / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
        if name.endswith(".css"):
            assert not re.search(rb"(url\(|@import)\s*[\"']?(https?:)?//", content), name


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    sprite = (ROOT / "webui/static/vendor/icons.svg").read_text("utf-8")
    pages = "".join(page.read_text("utf-8") for page in (ROOT / "webui/templates").rglob("*.html"))
    named = set(re.findall(r"""icon\(["']([a-z0-9-]+)["']""", pages))
    assert named
    assert named - set(re.findall(r'<symbol id="([^"]+)"', sprite)) == set()


def test_make_help_explains_every_target(program: Callable[[str], str]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    answer = subprocess.run([program("make"), "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"make ([a-z-]+) ", answer)) == targets


@pytest.mark.parametrize("script", ["setup", "run", "test", ".ci/run"])
def test_scripts_are_plain_sh(script: str) -> None:
    path = ROOT / script
    assert path.read_text().startswith("#!/bin/sh\n")
    assert path.stat().st_mode & 0o100
    subprocess.run(["sh", "-n", str(path)], check=True)


def test_test_names_its_layers_when_asked_for_an_unknown_one() -> None:
    answer = subprocess.run([ROOT / "test", "everything"], capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert answer.stderr == "test: no layer is called everything; there are lint unit integration web browser\n"
