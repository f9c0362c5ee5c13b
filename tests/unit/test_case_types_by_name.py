"""A case type is a folder: no program knows the second one by its name."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
ENDINGS = {".py", ".html", ".js", ".css", ".toml", ".txt", ".json"}


def test_no_program_names_the_case_type_of_policy_interpretation() -> None:
    files = [
        path
        for floor in ("engine", "webui", "letters")
        for path in (ROOT / floor).rglob("*")
        if path.suffix in ENDINGS and "translations" not in path.parts and path.is_file()
    ]
    assert len(files) > 200
    assert [str(path) for path in files if "policy_interpretation" in path.read_text("utf-8", "replace")] == []
