"""The wording of the letters that the product's own case types bring along: P-01 … P-05 of policy interpretation.

They are sheets for the file, filled in by the program; `letters.build_templates` writes them into
`workflows/<case type>/letters/templates`. A case type from elsewhere brings Word files made in Word.
"""

from collections.abc import Mapping
from typing import Final

from letters.blocks import LINES, Block, Body, Form, Text, When
from letters.tables import Grid, Line

_HEAD: Final = Text("登记编号：{{ case_number }}　　{{ organ }}　　{{ issued_on }}", "表单抬头", keep=True)
_MATERIALS: Final = Grid(
    "materials",
    ("材料名称", "形式", "发布渠道", "编写人"),
    ("{{ row.name }}", "{{ row.form }}", "{{ row.channel }}", "{{ row.author }}"),
    (56, 28, 48, 24),
    of="paper",
)
_PAPERS: Final = Grid(
    "papers",
    ("材料", "文件", "版本", "校验值（SHA-256）"),
    ("{{ row.title }}", "{{ row.filename }}", "{{ row.version }}", "{{ row.sha256 }}"),
    (24, 48, 14, 70),
    of="paper",
)


def _sheet(*blocks: Block) -> Body:
    return Body("", (_HEAD, *blocks), closing="", page="form", signed=False)


def _one(label: str, value: str, height_mm: float = 0) -> Line:
    return Line(((label, value),), height_mm)


def _two(label: str, value: str, second: str, other: str) -> Line:
    return Line(((label, value), (second, other)))


def _part(title: str) -> Text:
    return Text(title, "表单抬头", keep=True)


def _note(text: str) -> Text:
    return Text(text, "表格说明")


OWN: Final[Mapping[str, Mapping[str, Body]]] = {
    "policy_interpretation": {
        "P-01": _sheet(
            Form(
                (
                    _one("文件标题", "{{ subject }}"),
                    _two("牵头起草单位", "{{ lead_unit }}", "其他起草单位", "{{ other_units }}"),
                    _two("文件类别", "{{ document_type }}", "公开属性", "{{ attribute }}"),
                    _one("制定依据", LINES.format("basis")),
                    _two("拟稿人", "{{ drafted_by }}", "拟提交的会议", "{{ meeting }}"),
                    _two("第一解读人", "{{ first_interpreter }}", "职务", "{{ first_interpreter_post }}"),
                    _one("报送说明", LINES.format("submit_note")),
                )
            ),
            _part("一、解读材料"),
            _MATERIALS,
            _part("二、随本单报送、已由第一解读人签署的材料"),
            _PAPERS,
            _note("没有公开属性、解读方案或者解读材料的，不予收文。"),
        ),
        "P-02": _sheet(
            Form(
                (
                    _one("文件标题", "{{ subject }}"),
                    _one("起草单位", "{{ lead_unit }}"),
                    _one("解读提纲", LINES.format("outline"), 40),
                    _one("时间安排", LINES.format("schedule")),
                    _one("解读人员", LINES.format("people")),
                    _one("风险点和应对", LINES.format("risks"), 20),
                    _two("咨询联系人", "{{ contact }}", "咨询电话", "{{ contact_phone }}"),
                )
            ),
            _part("解读形式、渠道和分工"),
            _MATERIALS,
        ),
        "P-03": _sheet(
            Form((_one("文件标题", "{{ subject }}"), _one("起草单位", "{{ lead_unit }}"))),
            _part("一、签署"),
            Grid(
                "signatures",
                ("环节", "签署人", "时间", "签署的话"),
                ("{{ row.step }}", "{{ row.person }}", "{{ row.at }}", "{{ row.words }}"),
                (34, 28, 38, 56),
                of="paper",
            ),
            _part("二、签署的材料"),
            _PAPERS,
            _note("以上材料一次签署；其中任何一件有变动，全部重新审签。"),
        ),
        "P-04": _sheet(
            Form(
                (
                    _one("文件标题", "{{ subject }}"),
                    _two("文号", "{{ document_number }}", "公布日期", "{{ published_on }}"),
                    _one("文件网址", "{{ document_url }}"),
                    _two("起草单位", "{{ lead_unit }}", "第一解读人", "{{ first_interpreter }}"),
                    _two("咨询联系人", "{{ contact }}", "咨询电话", "{{ contact_phone }}"),
                )
            ),
            When(
                "interpretations",
                (
                    _part("解读材料的公布"),
                    Grid(
                        "interpretations",
                        ("材料名称", "形式", "渠道", "网址"),
                        ("{{ row.name }}", "{{ row.form }}", "{{ row.channel }}", "{{ row.url }}"),
                        (44, 26, 36, 50),
                        of="paper",
                    ),
                ),
            ),
            _part("公布的材料（与签署版本一致）"),
            _PAPERS,
            _note("（此件公开发布）"),
        ),
        "P-05": _sheet(
            Form(
                (
                    _one("文件标题", "{{ subject }}"),
                    _one("承办单位", "{{ lead_unit }}"),
                    _one("需要再次解读的问题", "{{ question }}"),
                    _one("任务要求", LINES.format("task"), 40),
                    _one("完成期限", "{{ complete_by }}"),
                )
            ),
            _note("完成后公布解读人、单位和咨询电话，并登记网址和日期。"),
        ),
    },
}
"""Case type, letter code, wording."""
