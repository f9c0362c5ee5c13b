"""Reading a case type's folder, its hash, and the cache of parsed definitions."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.process import Bundle, DefinitionFault, Library, parse, read_bundle
from tests.unit.process.bundles import bundle, write


def test_a_folder_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    of = bundle("caller")
    found = read_bundle(write(tmp_path, of))
    assert dict(found.files) == dict(of.files)
    assert found.digest == of.digest
    assert found.case_type == "caller"


def test_line_ends_do_not_change_the_hash_and_content_does() -> None:
    of = bundle("loop")
    dos = Bundle(of.case_type, {path: text.replace("\n", "\r\n") for path, text in of.files.items()})
    other = Bundle(of.case_type, {**of.files, "case.toml": of.files["case.toml"] + "# changed\n"})
    assert dos.digest == of.digest != other.digest
    assert len(of.digest) == 64


@pytest.mark.parametrize(
    ("path", "content", "what"),
    [
        ("case.toml", None, "没有 case.toml"),
        ("case.toml", b"id = ", "TOML"),
        ("case.toml", b'title = "x"', "标识"),
        ("loop.bpmn", "流程".encode("gb18030"), "UTF-8"),
        ("loop.bpmn", b"x" * 2_000_001, "2 MB"),
    ],
)
def test_a_broken_folder_is_told_apart(tmp_path: Path, path: str, content: bytes | None, what: str) -> None:
    write(tmp_path, bundle("loop"))
    if content is None:
        (tmp_path / path).unlink()
    else:
        (tmp_path / path).write_bytes(content)
    with pytest.raises(DefinitionFault, match=what) as caught:
        read_bundle(tmp_path)
    assert caught.value.fault.file == path


def test_the_library_parses_each_definition_once_and_forgets_the_oldest() -> None:
    bundles = {of.digest: of for of in (bundle("loop"), bundle("parallel"), bundle("either"))}
    asked: list[str] = []

    def fetch(digest: str) -> Bundle:
        asked.append(digest)
        return bundles[digest]

    library = Library(size=2)
    first, second, third = bundles
    for digest in (first, second, first, third, first, second):
        assert library.get(digest, fetch).digest == digest
    assert asked == [first, second, third, second]


def test_threads_get_one_and_the_same_definition() -> None:
    of = bundle("many")
    library = Library()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: library.get(of.digest, lambda _digest: of), range(16)))
    assert len({id(one) for one in found}) == 1


def test_files_that_do_not_have_the_hash_are_refused() -> None:
    with pytest.raises(DefinitionFault, match="摘要"):
        Library().get("0" * 64, lambda _digest: bundle("loop"))


def test_a_definition_tells_what_screens_and_commands_need() -> None:
    of = parse(bundle("many"))
    step = of.steps["con_send"]
    assert (step.process, step.role, step.form, step.limit) == ("consult", ("handler",), "choose", 2)
    assert of.messages == {"question"}
    assert of.clocks == {"consultation"}
    assert of.item_kind("each") == of.item_kind("con_wait") == "thing"
    assert of.item_kind("plan") is None
    assert set(of.diagrams) == {"many", "consult"}
    assert of.variables == {"outcome": {"a", "b", "c"}, "verdict": {True, False}, "thing_count": None}
    assert of.name_of("con_send") == "con_send"
