"""`letters check` finds a broken, missing, foreign or contradictory template on disk."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cases.definitions import SHIPPED
from engine.cases.own_letters import letter_faults, own_report
from engine.cli import letters as command
from engine.cli.faults import FoundFault
from letters.build_templates import built
from letters.catalog import HERE, load
from letters.checking import check
from tests.paper import edited_docx


@pytest.fixture
def folder(tmp_path):
    """A copy of the catalogue and its templates, to be damaged."""
    text = (HERE / "catalog.toml").read_text(encoding="utf-8")
    (tmp_path / "catalog.toml").write_text(text, encoding="utf-8")
    shutil.copytree(HERE / "templates", tmp_path / "templates")
    load.cache_clear()
    return tmp_path


def rewrite(path, old, new):
    path.write_bytes(edited_docx(path.read_bytes(), old, new))


def faults_of(folder, file):
    return [str(fault) for fault in check(folder).faults if fault.file == file]


def test_the_templates_of_the_project_pass():
    report = check()
    assert [str(fault) for fault in report.faults] == []
    assert report.templates == len(load().letters)
    assert report.letters > 150


def test_templates_on_disk_are_in_step_with_the_program_that_builds_them():
    for path, content in built():
        with zipfile.ZipFile(path) as disk, zipfile.ZipFile(io.BytesIO(content)) as now:
            assert disk.namelist() == now.namelist(), path.name
            for name in disk.namelist():
                assert disk.read(name) == now.read(name), f"{path.name} {name}: python -m letters.build_templates"


def test_the_program_builds_every_template_of_the_product():
    on_disk = {*(HERE / "templates").glob("*.docx"), *SHIPPED.glob("*/letters/templates/*.docx")}
    assert {path for path, _content in built()} == on_disk


def test_every_kind_of_damage_is_reported_in_one_run(folder):
    templates = folder / "templates"
    (templates / "A-01.docx").unlink()
    (templates / "A-02.docx").write_bytes(b"not a document")
    rewrite(templates / "A-03.docx", "{{ place }}", "{{ palce }}")
    rewrite(templates / "A-05.docx", "第十四条", "有关条款")
    rewrite(templates / "A-06.docx", "的规定，本机关决定不予公开。", "的规定,本机关决定不予公开。。")
    rewrite(templates / "A-07.docx", "{%p if remedies %}", "{%p if preview %}")
    rewrite(templates / "A-13.docx", "{{ counter }}", "{{ counter.__class__ }}")
    shutil.copy(templates / "L-03.docx", templates / "X-01.docx")
    (templates / "~$A-08.docx").write_bytes(b"lock")
    report = check(folder)
    said = {fault.file: [] for fault in report.faults}
    for fault in report.faults:
        said[fault.file].append(str(fault))
    assert set(said) == {f"{code}.docx" for code in ("A-01", "A-02", "A-03", "A-05", "A-06", "A-07", "A-13", "X-01")}
    assert "找不到模板" in said["A-01.docx"][0]
    assert "不是有效的 Word 文档" in said["A-02.docx"][0]
    assert any("palce" in line for line in said["A-03.docx"])
    assert any("place" in line for line in said["A-03.docx"])
    assert any("没有写明所依据的条款" in line for line in said["A-05.docx"])
    assert any("半角" in line for line in said["A-06.docx"])
    assert any("重复" in line for line in said["A-06.docx"])
    assert any("先申请行政复议" in line for line in said["A-07.docx"])
    assert any("不允许的属性" in line for line in said["A-13.docx"])
    assert any("没有使用这个模板" in line for line in said["X-01.docx"])


def test_a_catalogue_without_a_letter_for_some_decision_is_reported(folder):
    path = folder / "catalog.toml"
    text = path.read_text(encoding="utf-8")
    start = text.index('[[letters]]\ncode = "A-20"')
    end = text.index('[[letters]]\ncode = "A-21"')
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    (folder / "templates" / "A-20.docx").unlink()
    assert [line for line in faults_of(folder, "catalog.toml") if "D3" in line]


def test_a_broken_catalogue_is_one_fault(folder):
    (folder / "catalog.toml").write_text("[", encoding="utf-8")
    assert len(check(folder).faults) == 1


def test_the_command_prints_a_count_or_one_line_for_each_fault(folder, monkeypatch):
    good = CliRunner().invoke(command.letters_group, ["check"])
    assert good.exit_code == 0
    assert f"文书模板 {len(list(built()))} 份" in good.output
    (folder / "templates" / "A-01.docx").unlink()
    (folder / "templates" / "A-02.docx").write_bytes(b"")
    own = Path(shutil.copytree(SHIPPED / "policy_interpretation", folder / "policy_interpretation"))
    rewrite(own / "letters" / "templates" / "P-05.docx", "{{ complete_by }}", "限期")
    monkeypatch.setattr(command, "check", lambda: check(folder))
    bad = CliRunner().invoke(command.letters_group, ["check", str(own)])
    assert bad.exit_code == FoundFault.exit_code == 1
    told = [line.split("：")[0] for line in bad.stdout.splitlines()]
    assert told == ["A-01.docx", "A-02.docx", "policy_interpretation/P-05.docx"]


@pytest.mark.parametrize("of", sorted(SHIPPED.glob("*/letters")), ids=lambda of: of.parent.name)
def test_the_letters_of_a_case_type_are_rendered_and_linted_too(of):
    report = own_report(of.parent)
    assert report.faults == ()
    assert report.letters >= 3 * report.templates > 0


def test_a_case_type_whose_letter_reads_badly_does_not_pass(tmp_path):
    own = Path(shutil.copytree(SHIPPED / "policy_interpretation", tmp_path / "policy_interpretation"))
    rewrite(own / "letters" / "templates" / "P-04.docx", "（此件公开发布）", "(此件公开发布)")
    said = [str(fault) for fault in letter_faults(own)]
    assert any("半角" in line and "P-04" in line for line in said), said


def test_a_case_type_without_samples_of_its_own_is_checked_with_made_up_values():
    report = own_report(Path(__file__).parents[2] / "case_types" / "suggestion")
    assert (report.letters, report.faults) == (3, ())
