"""The internal papers and forms: L-01, L-16a … L-16e, F-01 … F-05. Made on demand, kept in the file as they are signed.

They state what the case holds and leave room for what is written by hand; none of them goes to the applicant as a
letter, except the blank application form.
"""

from collections.abc import Mapping
from typing import Final

from letters.blocks import LAW, LINES, Block, Body, Each, Form, Text, When
from letters.tables import Grid, Line

_HEAD: Final = Text("登记编号：{{ case_number }}　　{{ organ }}", "表单抬头", keep=True)
_SIGNED: Final = "\n　　　　　　　　签名：　　　　　　　　　　年　　月　　日"

_CONTENT: Final = "内件：{{ letter_name }}{% if letter_number %}（{{ letter_number }}）{% endif %}"


def _paper(*blocks: Block) -> Body:
    return Body("", blocks, closing="", page="form", signed=False)


def _one(label: str, value: str, height_mm: float = 0) -> Line:
    return Line(((label, value),), height_mm)


def _two(label: str, value: str, second: str, other: str) -> Line:
    return Line(((label, value), (second, other)))


PAPERS: Final[Mapping[str, Body]] = {
    "L-01": _paper(
        _HEAD,
        Form(
            (
                _two("收到方式", "{{ channel }}", "到达日期", "{{ arrived_on }}"),
                _two("收到申请之日", "{{ receipt_on }}", "答复期限届满", "{{ reply_due }}"),
                _one("申请人", "{{ addressee }}"),
                _two("类别", "{{ applicant_kind }}", "身份证明", "{{ identity }}"),
                _two("联系人", "{{ applicant_contact }}", "联系电话", "{{ applicant_phone }}"),
                _two("电子邮箱", "{{ applicant_email }}", "邮政编码", "{{ applicant_postcode }}"),
                _one("通信地址", "{{ applicant_address }}"),
                _one("申请公开的内容", LINES.format("request_content"), 40),
                _two("获取信息的形式", "{{ form_requested }}", "获取信息的方式", "{{ delivery_mode }}"),
                _one("需要的帮助", "{{ assistance }}"),
                _one("随申请提交的材料", LINES.format("request_papers")),
                _two("登记人", "{{ registered_by }}", "登记时间", "{{ registered_on }}"),
                _one("拟办意见", _SIGNED, 26),
            )
        ),
        Text(
            f"说明：收到申请之日依据{LAW}第三十一条确定。登记不询问申请的用途。证件号码只显示后四位，原件复印件单独保管。",
            "表格说明",
        ),
    ),
    "L-16a": _paper(
        _HEAD,
        Form(
            (
                _one("申请内容", "{{ subject }}"),
                _one("会商日期", "{{ met_on }}"),
                _one("参加人员", LINES.format("conference_members")),
                _one("会商的问题", LINES.format("conference_issues"), 30),
                _one("会商结论", LINES.format("conference_conclusion"), 50),
                _one("参加人员签名", "", 40),
                _one("记录人", _SIGNED),
            )
        ),
    ),
    "L-16b": _paper(
        _HEAD,
        Form(
            (
                _one("文书名称", "{{ decision_letter }}"),
                _one("申请人", "{{ addressee }}"),
                _one("申请内容", "{{ subject }}"),
                _one("拟作处理", "{{ decision_words }}"),
                _two("拟稿人", "{{ drafted_by }}", "拟稿日期", "{{ drafted_on }}"),
                _two("答复期限届满", "{{ reply_due }}", "文号", "{{ letter_number }}"),
                _one("拟稿说明", LINES.format("draft_note")),
                _one("理由", LINES.format("reason"), 20),
            )
        ),
        When(
            "signoffs",
            (
                Text("审签记录", "表单抬头", keep=True),
                Grid(
                    "signoffs",
                    ("环节", "意见", "说明", "办理人", "日期"),
                    ("{{ row.step }}", "{{ row.opinion }}", "{{ row.note }}", "{{ row.person }}", "{{ row.on }}"),
                    (30, 26, 38, 20, 42),
                    of="paper",
                ),
            ),
        ),
    ),
    "L-16c": _paper(
        _HEAD,
        Form((_one("申请内容", "{{ subject }}"),)),
        Text("检索记录", "表单抬头", keep=True),
        Grid(
            "searches",
            ("检索单位", "检索范围", "检索词、时间", "结果", "检索人、核对人"),
            ("{{ row.unit }}", "{{ row.scope }}", "{{ row.words }}", "{{ row.result }}", "{{ row.persons }}"),
            (26, 42, 32, 32, 24),
            of="paper",
        ),
        Form((_one("检索人签名", "", 20), _one("核对人签名", "", 20))),
        Text(
            f"说明：依据{LAW}第三十六条第四项告知信息不存在的，以本记录证明已尽合理检索义务，由两人签名。",
            "表格说明",
        ),
    ),
    "L-16d": _paper(
        _HEAD,
        Form(
            (
                _one("申请内容", "{{ subject }}"),
                _one("拟作处理", "{{ decision_words }}"),
                _one("拟公开的信息", LINES.format("information"), 24),
                _one("不予公开的部分", LINES.format("withheld_part")),
                _one("定密依据", "{{ classification_basis }}"),
                _one("承办单位意见", _SIGNED, 24),
                _one("保密审查结论", "{{ secrecy_finding }}"),
                _one("审查说明", LINES.format("secrecy_note")),
                _two("审查人", "{{ secrecy_reviewer }}", "审查日期", "{{ secrecy_on }}"),
                _one("保密工作机构意见", _SIGNED, 24),
            )
        ),
        Text(
            f"说明：依据{LAW}第十七条和《中华人民共和国保守国家秘密法》第三十五条，先审查、后公开，一事一审。",
            "表格说明",
        ),
    ),
    "L-16e": _paper(
        _HEAD,
        Form(
            (
                _one("送达文书", "{{ letter_name }}"),
                _two("文号", "{{ letter_number }}", "成文日期", "{{ letter_dated_on }}"),
                _one("受送达人", "{{ recipient }}"),
                _one("送达地址", "{{ recipient_address }}"),
                _two("送达方式", "{{ service_mode }}", "邮件号", "{{ tracking_no }}"),
                _two("交邮日期", "{{ posted_on }}", "收到日期", "{{ delivered_on }}"),
                _one("受送达人签名或者盖章", "{{ delivered_to }}\n\n　　　　　　　　年　　月　　日", 30),
                _one("代收人及代收理由", "", 22),
                _one("拒收事由、见证人", "", 26),
                _one("送达人", _SIGNED, 18),
                _one("备注", LINES.format("service_notes"), 16),
            )
        ),
        Text(
            "说明：邮寄送达的，以交邮之日判断是否按期答复，申请人寻求救济的期限自收到之日起算，两个日期都要填写；"
            "退回的，保留信封并注明原因，再次送达或者改用其他方式。",
            "表格说明",
        ),
    ),
    "F-01": Body(
        "",
        (
            Text("{{ recipient_postcode }}", "信封文字"),
            Text("", "信封文字"),
            Text("{{ recipient_address }}", "信封文字"),
            Text("{{ recipient }}（收）", "信封收件人"),
            When(
                "letter_name",
                (Text(_CONTENT, "信封内件"),),
            ),
            Text("", "信封文字"),
            Text("{{ organ }}", "信封寄件人"),
            Text("{{ contact_address }}", "信封寄件人"),
            Text("邮政编码：{{ office_postcode }}", "信封寄件人"),
        ),
        closing="",
        page="envelope",
        signed=False,
        titled=False,
    ),
    "F-02": Body(
        "",
        (
            Text("{{ organ }}", "封面大字"),
            Text("政府信息公开申请案卷", "封面大字"),
            Text("", "表单抬头"),
            Form(
                (
                    _one("案卷题名", "{{ file_title }}", 40),
                    _two("登记编号", "{{ case_number }}", "卷号", "{{ volume_no }}"),
                    _two("申请人", "{{ addressee }}", "处理结果", "{{ decision_words }}"),
                    _two("起始日期", "{{ file_first_on }}", "终止日期", "{{ file_last_on }}"),
                    _two("件数", "{{ file_count }}", "页数", "{{ file_pages }}"),
                    _two("保管期限", "{{ file_retention }}", "承办机构", "{{ disclosure_office }}"),
                    _two("立卷人", "", "检查人", ""),
                    _one("备注", "", 24),
                )
            ),
        ),
        closing="",
        page="form",
        signed=False,
        titled=False,
    ),
    "F-03": _paper(
        _HEAD,
        Grid(
            "file_entries",
            ("序号", "文号", "责任者", "题名", "日期", "页号", "备注"),
            (
                "{{ loop.index }}",
                "{{ row.number }}",
                "{{ row.author }}",
                "{{ row.title }}",
                "{{ row.on }}",
                "",
                "{{ row.note }}",
            ),
            (10, 32, 22, 32, 42, 9, 9),
            of="paper",
        ),
        Text(
            "依一案一卷、按办理先后排列：申请材料、程序文书、审查审签、答复书和送达凭证、期限计算。页号在装订后填写。",
            "表格说明",
        ),
    ),
    "F-04": _paper(
        _HEAD,
        Form(
            (
                _one("申请内容", "{{ subject }}"),
                _two("收到方式", "{{ channel }}", "收到申请之日", "{{ receipt_on }}"),
                _one("确定依据", "{{ receipt_rule }}"),
                _one("答复期限届满", "{{ reply_due }}"),
            )
        ),
        Text("影响期限的事项", "表单抬头", keep=True),
        Grid(
            "clock_events",
            ("日期", "事项", "说明"),
            ("{{ row.on }}", "{{ row.title }}", "{{ row.details }}"),
            (42, 42, 72),
            of="paper",
        ),
        When(
            "clock_segments",
            (
                Text("逐段计算", "表单抬头", keep=True),
                Grid(
                    "clock_segments",
                    ("起止", "工作日", "计入", "事由", "依据"),
                    ("{{ row.span }}", "{{ row.days }}", "{{ row.counts }}", "{{ row.reason }}", "{{ row.basis }}"),
                    (50, 16, 14, 44, 32),
                    of="paper",
                ),
            ),
        ),
        Each("clock_notes", style="表格说明"),
    ),
    "F-05": Body(
        "",
        (
            Text("受理机关：{{ organ }}", "表单抬头"),
            Form(
                (
                    Line((("", "申请人（自然人填写左栏，法人或者其他组织填写右栏）"),)),
                    _two("姓　　名", "", "名　　称", ""),
                    _two("证件名称", "", "统一社会信用代码", ""),
                    _two("证件号码", "", "联系人", ""),
                    _two("联系电话", "", "联系电话", ""),
                    _one("通信地址", "", 11),
                    _two("邮政编码", "", "电子邮箱", ""),
                    Line((("", "所需政府信息"),)),
                    _one("名称、文号或者便于查询的其他特征性描述", "", 52),
                    _one("获取信息的形式", "□ 纸质　　□ 电子文档　　□ 光盘　　□ 抄录、查阅"),
                    _one("获取信息的方式", "□ 邮寄　　□ 电子邮件　　□ 自行领取　　□ 当场查阅"),
                    _one("需要的帮助", "□ 代为填写　　□ 阅读、视听协助　　其他："),
                    _one("申请人签名或者盖章", "\n　　　　　　　　　　　　　　　　年　　月　　日", 20),
                )
            ),
            Text(
                f"说明：1．依据{LAW}第二十九条，申请应当写明姓名或者名称、身份证明、联系方式，所需信息的名称、文号或者其他特征，"
                "以及获取信息的形式、方式，并附身份证明。2．不需要说明用途。3．书写确有困难的，可以口头提出，由工作人员代为填写。"
                "4．邮寄、当面提交：{{ contact_address }}，邮政编码{{ office_postcode }}；电话：{{ contact_phone }}。"
                "5．个人信息只用于办理本次申请。",
                "表格说明",
            ),
        ),
        closing="",
        page="form",
        signed=False,
    ),
    "F-06": _paper(
        Text("{{ organ }}　　打印日期：{{ printed_on }}　　共{{ print_count }}份", "表单抬头", keep=True),
        Grid(
            "print_rows",
            ("序号", "文号", "文书", "收件人", "起始页", "页数"),
            (
                "{{ loop.index }}",
                "{{ row.number }}",
                "{{ row.name }}",
                "{{ row.addressee }}",
                "{{ row.first }}",
                "{{ row.pages }}",
            ),
            (12, 38, 50, 32, 12, 12),
            of="paper",
        ),
    ),
    "F-07": _paper(
        _HEAD,
        Form(
            (
                _one("原件", "{{ severed_name }}（共{{ severed_pages }}页）"),
                _one("处理后文件", "{{ severed_result }}"),
                _two("处理人", "{{ severed_by }}", "处理日期", "{{ severed_on }}"),
            )
        ),
        Text("不予公开的内容", "表单抬头", keep=True),
        Grid(
            "severed_rows",
            ("序号", "页", "内容", "依据", "理由", "处数"),
            (
                "{{ loop.index }}",
                "{{ row.page }}",
                "{{ row.what }}",
                "{{ row.ground }}",
                "{{ row.why }}",
                "{{ row.count }}",
            ),
            (12, 14, 40, 40, 38, 12),
            of="paper",
        ),
        Text(
            f"说明：依据{LAW}第三十七条区分处理。处理后的文件由页面图像组成，遮盖处不含文字，已重新读取核验；"
            "校验值（SHA-256）：原件{{ severed_from_hash }}，处理后{{ severed_hash }}。原件限制查看，存卷备查。",
            "表格说明",
        ),
    ),
    "F-08": Body(
        "{{ recipient }}",
        (
            Text(
                "本机关{{ letter_dated_on }}出具的《{{ letter_name }}》"
                "{% if letter_number %}（{{ letter_number }}）{% endif %}，"
                "因采用其他方式无法送达，依照《中华人民共和国民事诉讼法》第九十五条规定的公告送达方式，"
                "现向{{ recipient }}公告送达。"
            ),
            Text(
                "请自本公告发布之日起30日内到本机关领取上述文书。自公告发布之日起经过30日，即视为送达。"
                "领取地点：{{ contact_address }}；联系人：{{ contact_person }}，联系电话：{{ contact_phone }}。"
            ),
        ),
        "特此公告。",
        page="form",
    ),
}
