"""The checks of what a case type says about papers, clocks and its register."""

import shutil
from pathlib import Path

import pytest

from engine.process import check

SHIPPED = Path(__file__).parents[3] / "workflows" / "policy_interpretation"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / SHIPPED.name))


def faults(folder: Path, file: str, old: str, new: str) -> list[str]:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return [f"{one.element}: {one.what}" for one in check(folder)]


def test_the_shipped_one_is_sound(folder: Path) -> None:
    assert check(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("signoff.bpmn", 'name="as_signed" value="leader_signoff"', 'name="as_signed" value="numbering"', "没有签署"),
        ("signoff.bpmn", 'name="as_signed" value="leader_signoff"', 'name="role" value="legal"', "属性 role 写了两次"),
        ("signoff.bpmn", 'value="policy_document plan material"', 'value="policy_document plan"', "没有签署"),
        ("package.bpmn", 'name="signs" value="policy_document"', 'name="signs" value="poem"', "没有材料种类“poem”"),
        ("package.bpmn", 'name="signs_when" value="approve"', 'name="signs_when" value="maybe"', "不是表单"),
        ("prepare.bpmn", 'name="against" value="policy_document"', 'name="needs" value="plan"', "写了两次"),
        ("signoff.bpmn", 'name="to_unit_of" value="lead_unit"', 'name="to_unit_of" value="title"', "没有单位字段"),
        ("case.toml", 'changed = "documents_changed"', 'changed = "nothing"', "没有一处等待消息“nothing”"),
        ("case.toml", 'clock = "interpretation"', 'clock = "patience"', "没有期限“patience”"),
        ("case.toml", '"interpretation_working_days"', '"port"', "working_days 应为"),
        ("case.toml", '"answer.document_url"', '"answer.poem"', "没有表单问到“poem”"),
        ("case.toml", '"rows.interpretations.url"', '"rows.interpretations.poem"', "没有表格"),
        ("case.toml", '"event.policy_published"', '"event.rain"', "没有法律事件“rain”"),
        ("case.toml", '"case.in_time"', '"case.weather"', "没有“case.weather”"),
        ("case.toml", "met = \"linked == 'both'\"", 'met = "open(linked)"', "不允许"),
        ("case.toml", "met = \"linked == 'both'\"", "met = \"poem == 'both'\"", "没有表单问到“poem”"),
        ("case.toml", 'rows = "interpretations"', 'rows = "outline"', "不是表格字段"),
        ("case.toml", 'by = "policy_published"', 'by = "rain"', "没有法律事件“rain”"),
        (
            "case.toml",
            'roles = ["handler"]\n\n[documents.plan]',
            'roles = ["poet"]\n\n[documents.plan]',
            "没有角色“poet”",
        ),
    ],
)
def test_a_slip_is_told(folder: Path, file: str, old: str, new: str, told: str) -> None:
    found = faults(folder, file, old, new)
    assert any(told in one for one in found), found


def test_whoever_signs_uploads_nothing_in_the_same_step(folder: Path) -> None:
    upload = '{"name": "late", "type": "file", "label": "材料", "kind": "material"}, {"name": "opinion"'
    found = faults(folder, "forms/leader_signoff.json", '{"name": "opinion"', upload)
    assert any("签署的一步不能同时上传" in one for one in found), found
