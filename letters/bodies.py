"""The wording of every letter: blocks of text with Jinja marks, read by `letters.build_templates`.

Plain, courteous, in our own words. Every reply says what was asked, what was found, the article, this case's reason,
and what can be done about it. `{{ name }}` is a field of the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph in a style of the letter."""

    text: str
    style: str = "正文文字"
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """One paragraph for each line of a list field; `keep_last` holds the last one with what follows."""

    field: str
    pattern: str = "{{ line }}"
    style: str = "正文文字"
    keep: bool = False
    keep_last: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """Blocks printed only when the field has a value."""

    field: str
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with a row for each row of a field."""

    field: str
    heads: tuple[str, ...]
    marks: tuple[str, ...]
    widths_mm: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form of label and value; `heights_mm` are the least heights of its rows."""

    rows: tuple[tuple[str, str], ...]
    heights_mm: tuple[float, ...] = ()


Block = Text | Each | When | Rows | Sheet


@dataclass(frozen=True, slots=True)
class Body:
    """A letter: to whom, its blocks, and how it ends. `unnumbered` letters are forms without red head and 文号."""

    addressee: str
    blocks: tuple[Block, ...]
    closing: str = "特此答复。"
    remedies: bool = False
    attachments: bool = False
    unnumbered: bool = False
    signed: bool = True


LAW: Final = "《中华人民共和国政府信息公开条例》"
_OPENING: Final = (
    "{{ you }}提出的政府信息公开申请，本机关于{{ receipt_on }}收到（登记编号：{{ case_number }}）。"
    "{% if corrected_on %}本机关于{{ corrected_on }}收到{{ you }}补正后的申请。{% endif %}"
    "申请公开的内容为：“{{ subject }}”。"
)
_FORM_REASON: Final = When(
    "form_reason",
    (Text(f"依据{LAW}第四十条的规定，未按{{{{ you }}}}希望的形式提供，原因如下：", keep=True), Each("form_reason")),
)


def _reply(*blocks: Block, attachments: bool = False) -> Body:
    return Body("{{ addressee }}", (Text(_OPENING), *blocks), remedies=True, attachments=attachments)


def _notice(*blocks: Block, remedies: bool = False) -> Body:
    return Body("{{ addressee }}", (Text(_OPENING), *blocks), "特此告知。", remedies)


def _refusal(found: str, article: str, *more: Block, verdict: str = "本机关决定不予公开") -> Body:
    """A refusal: the finding, this case's reason, then article and decision."""
    return _reply(
        Text(f"经审查，{found}。具体理由如下：", keep=True),
        Each("reason"),
        *more,
        Text(f"综上，依据{LAW}{article}的规定，{verdict}。"),
    )


BODIES: Final[Mapping[str, Body]] = {
    "L-02": Body(
        "",
        (
            Text(
                "{{ you }}提出的政府信息公开申请已经收到并登记，有关情况如下。请妥善保管本回执，"
                "凭登记编号和查询码可以查询办理进度。"
            ),
            Sheet(
                (
                    ("申请人", "{{ addressee }}"),
                    ("登记编号", "{{ case_number }}"),
                    ("查询码", "{{ query_code }}"),
                    ("申请内容", "{{ subject }}"),
                    ("申请方式", "{{ channel }}"),
                    ("希望获取的形式", "{% if form_requested %}{{ form_requested }}{% else %}未注明{% endif %}"),
                    ("收到申请之日", "{{ receipt_on }}\n{{ receipt_rule }}"),
                    ("答复期限届满之日", "{{ reply_due }}"),
                )
            ),
            Text(
                f"答复期限为自收到申请之日起20个工作日（{LAW}第三十三条第二款，以上简称《条例》）。"
                "需要补正申请内容的，自收到补正的申请之日起重新计算；依法征求第三方或者其他机关意见所需时间不计算在内；"
                "依法延长答复期限的，本机关将另行告知。",
                keep=True,
            ),
        ),
        closing="",
        unnumbered=True,
    ),
    "L-03": _notice(
        Text("经审查，申请中有下列事项不明确，本机关暂时无法据以查找和办理，请{{ you }}一次补正：", keep=True),
        Each("correction_items", "{{ loop.index }}．{{ line }}{% if loop.last %}。{% else %}；{% endif %}"),
        Text("为便于补正，现作如下说明：", keep=True),
        Each("correction_guidance"),
        Text(
            f"依据{LAW}第三十条的规定，请{{{{ you }}}}自收到本告知书之日起{{{{ correction_days }}}}个工作日内，"
            "以下列方式提交补正材料：{{ how_to_send }}。答复期限自本机关收到补正的申请之日起重新计算。"
        ),
        Text("无正当理由逾期不补正的，视为放弃申请，本机关不再处理该申请。对如何补正有疑问的，欢迎与本机关联系。"),
    ),
    "L-04": _notice(
        Text("经统计，{{ you }}提出申请的数量、频次情况如下：", keep=True),
        Each("request_counts"),
        Text(
            f"上述申请的数量、频次明显超过合理范围。依据{LAW}第三十五条的规定，请{{{{ you }}}}就下列事项说明理由：",
            keep=True,
        ),
        Each("reasons_wanted", "{{ loop.index }}．{{ line }}{% if loop.last %}。{% else %}；{% endif %}"),
        Text(
            "请自收到本告知书之日起{{ reasons_days }}个工作日内，以下列方式提交说明：{{ how_to_send }}。"
            "理由合理的，本机关将依法办理；不能在规定期限内答复的，将确定延迟答复的合理期限并告知{{ you }}。"
            "理由不合理的，本机关不予处理，并另行告知。"
        ),
    ),
    "L-05": _notice(
        Text("本机关正在办理该申请。因下列原因，不能在原答复期限内作出答复：", keep=True),
        Each("extension_reason"),
        Text(
            f"依据{LAW}第三十三条第二款的规定，经本机关政府信息公开工作机构负责人同意，"
            "将答复期限延长{{ extension_days }}个工作日。延长后的答复期限届满之日为{{ extended_due }}。"
        ),
        Text("由此给{{ you }}带来的不便，敬请谅解。"),
    ),
    "L-06": Body(
        "{{ consultee }}",
        (
            Text(
                "本机关正在办理一件政府信息公开申请（登记编号：{{ case_number }}）。"
                "申请公开的信息中，下列内容可能涉及贵方的商业秘密、个人隐私或者其他合法权益：",
                keep=True,
            ),
            Each("consult_matter"),
            Text(
                f"依据{LAW}第十五条、第三十二条的规定，现书面征求贵方的意见。"
                "请自收到本征求意见书之日起15个工作日内，就是否同意公开提出意见。不同意公开或者只同意部分公开的，"
                "请说明具体内容和理由，并提供有关证明材料。所附回执填写后，请签名或者盖章，送交或者寄交本机关。"
            ),
            Text(
                "逾期未提出意见的，由本机关依照上述条例的规定决定是否公开，逾期不等于同意，也不等于不同意。"
                "贵方不同意公开且有合理理由的，本机关不予公开；但本机关认为不公开可能对公共利益造成重大影响的，"
                "可以决定予以公开，并将决定公开的内容和理由书面告知贵方。"
            ),
            Text("附件：征求意见回执", "附件说明", keep=True),
        ),
        "特此函达，请予支持。",
    ),
    "L-07": Body(
        "",
        (
            Sheet(
                (
                    ("填写单位（个人）", "{{ consultee }}"),
                    ("申请登记编号", "{{ case_number }}"),
                    ("征求意见所涉信息", "{% for line in consult_matter %}{{ line }}{% endfor %}"),
                    ("意　　见", "□ 同意公开\n□ 同意部分公开（请注明同意公开和不同意公开的内容）\n□ 不同意公开"),
                    ("具体内容和理由", ""),
                    ("所附证明材料", ""),
                    ("签名或者盖章", "\n　　　　　　　　年　　月　　日"),
                ),
                (10, 10, 18, 26, 62, 16, 24),
            ),
            Text(
                "请自收到征求意见书之日起15个工作日内填写，交至或者寄至{{ organ }}"
                "{% if contact_address %}（{{ contact_address }}）{% endif %}，"
                "联系人：{{ contact_person }}，联系电话：{{ contact_phone }}。"
            ),
        ),
        closing="",
        unnumbered=True,
        signed=False,
    ),
    "L-08": _notice(
        Text(
            "因办理该申请需要听取{{ consult_kind }}的意见，"
            f"依据{LAW}{{{{ consult_article }}}}的规定，本机关已于{{{{ consult_sent_on }}}}发出征求意见书，"
            "被征求意见方应当自收到之日起15个工作日内提出意见。"
        ),
        Text(
            "依据同一条例第三十三条第三款的规定，征求意见所需时间不计算在答复期限内。"
            "本机关收到意见或者征求意见期限届满后，将继续办理并依法答复。"
        ),
    ),
    "L-09": Body(
        "{{ consultee }}",
        (
            Text(
                "本机关在办理一件政府信息公开申请（登记编号：{{ case_number }}）的过程中，曾书面征求贵方的意见。"
                "征求意见的情况如下：",
                keep=True,
            ),
            Each("third_party_opinion"),
            Text("经审查，本机关认为不公开可能对公共利益造成重大影响，具体理由如下：", keep=True),
            Each("public_interest"),
            Text(f"依据{LAW}第三十二条的规定，本机关决定公开下列内容：", keep=True),
            Each("disclosure_content"),
        ),
        "特此告知。",
        remedies=True,
    ),
    "L-10": Body(
        "{{ consultee }}",
        (
            Text(
                "本机关收到一件政府信息公开申请（登记编号：{{ case_number }}）。"
                "申请公开的下列信息由本机关牵头、贵机关参与制作：",
                keep=True,
            ),
            Each("consult_matter"),
            Text(
                f"依据{LAW}第三十四条的规定，现征求贵机关的意见。"
                "请自收到本征求意见书之日起15个工作日内，就是否同意公开提出书面意见；不同意公开的，请写明依据和理由。"
                "逾期未提出意见的，视为同意公开。"
            ),
        ),
        "特此函达，请予支持。",
    ),
    "L-11": Body(
        "{{ unit_name }}",
        (
            Text(
                "本机关正在办理一件政府信息公开申请（登记编号：{{ case_number }}），申请公开的内容为：“{{ subject }}”。"
            ),
            Text(f"依据{LAW}第十一条关于协调配合的要求，请协助办理下列事项：", keep=True),
            Each("order_request"),
            Text(
                "请于{{ order_due_on }}前书面回复检索和研判的结果，附上检索记录和查到的信息；"
                "没有查到的，请写明检索的范围、方法、检索词和时间。法定答复期限不因协办而停止计算，请按时回复。"
            ),
        ),
        "请予支持。",
    ),
    "L-12": _notice(
        Text(
            f"依据{LAW}第四十二条和《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）的规定，"
            "该申请应当缴纳信息处理费。本机关采用{{ fee_mode }}计收的方式（{{ fee_scope }}），"
            "本次计费数量为{{ fee_quantity }}{{ fee_unit }}，计算如下：",
            keep=True,
        ),
        Rows(
            "fee_lines",
            ("档次（{{ fee_unit }}）", "标准（每{{ fee_unit }}）", "数量（{{ fee_unit }}）", "金额"),
            ("{{ row.range }}", "{{ row.rate }}", "{{ row.count }}", "{{ row.amount }}"),
            (46, 38, 34, 38),
        ),
        Text("以上合计应缴{{ fee_total }}。请自收到本通知书次日起20个工作日内，按下列方式缴纳：", keep=True),
        Each("pay_how"),
        Text(
            "缴费后，本机关自收到全部费用次日起重新计算办理期限；逾期未缴纳的，视为放弃申请，本机关不再处理该申请。"
            "对收费有疑问的，可以与本机关联系，本机关将予以说明。"
        ),
    ),
    "L-13": _notice(
        Text(
            "{{ you }}就申请数量、频次说明的理由，经审查，本机关认为合理。但因下列原因，不能在规定的期限内答复：",
            keep=True,
        ),
        Each("deferral_reason"),
        Text(f"依据{LAW}第三十五条的规定，本机关确定于{{{{ new_due }}}}前作出答复。"),
        Text("由此给{{ you }}带来的不便，敬请谅解。"),
    ),
    "L-14": _notice(
        Text("该申请的办理情况如下：", keep=True),
        Each("end_facts"),
        When("end_proof", (Each("end_proof"),)),
        Text(
            "上述情况属于：{{ end_ground }}。本机关不再处理该申请。仍需获取有关信息的，{{ you }}可以重新提出申请，"
            "本机关将依法办理。"
        ),
        remedies=True,
    ),
    "A-01": _reply(
        Text(
            "经审查，{{ you }}申请公开的信息已经主动公开。"
            f"依据{LAW}第三十六条第一项的规定，现将获取该信息的方式、途径告知如下：",
            keep=True,
        ),
        Each("locator"),
        Text("按上述途径仍查找不到的，请与本机关联系，本机关将予以协助。"),
    ),
    "A-02": _reply(
        Text(
            "经审查，{{ you }}申请公开的政府信息可以公开。"
            f"依据{LAW}第三十六条第二项的规定，现将该信息提供给{{{{ you }}}}（见附件）。"
            "提供方式：{{ form_given }}。"
        ),
        _FORM_REASON,
        attachments=True,
    ),
    "A-03": _reply(
        Text(
            "经审查，{{ you }}申请公开的政府信息可以公开。"
            f"依据{LAW}第三十六条第二项、第四十条的规定，现将获取该信息的方式、途径和时间告知如下：",
            keep=True,
        ),
        Text("地点：{{ place }}。", keep=True),
        Text("时间：{{ time_window }}。"),
        When("bring", (Text("请携带：{{ bring }}。"),)),
        _FORM_REASON,
        Text("不便前往的，请与本机关联系，另行商定提供方式。"),
    ),
    "A-04": _reply(
        Text(
            "经审查，{{ you }}申请公开的信息中含有不应当公开的内容，但能够作区分处理。"
            f"依据{LAW}第三十七条的规定，现答复如下。"
        ),
        Text("一、予以公开的部分", "一级标题"),
        Text("现将可以公开的信息提供给{{ you }}（见附件）。提供方式：{{ form_given }}。"),
        When("redaction_note", (Each("redaction_note"),)),
        _FORM_REASON,
        Text("二、不予公开的部分及理由", "一级标题"),
        Each("withheld_part"),
        Text("不予公开的具体理由如下：", keep=True),
        Each("reason"),
        Text(f"综上，依据{LAW}{{{{ withheld_article }}}}，对上述部分不予公开。"),
        Text("三、救济途径", "一级标题"),
        attachments=True,
    ),
    "A-05": _refusal("{{ you }}申请公开的信息属于依法确定的国家秘密", "第十四条"),
    "A-06": _reply(
        Text("经审查，{{ you }}申请公开的信息属于法律、行政法规禁止公开的政府信息。具体理由如下：", keep=True),
        Each("reason"),
        Text(f"综上，依据{LAW}第十四条和{{{{ provision }}}}的规定，本机关决定不予公开。"),
    ),
    "A-07": _refusal("{{ you }}申请公开的信息，公开后可能危及国家安全、公共安全、经济安全、社会稳定", "第十四条"),
    "A-08": _refusal(
        "{{ you }}申请公开的信息涉及第三方的商业秘密，公开会对其合法权益造成损害",
        "第十五条、第三十二条",
        Text("依法征求第三方意见的情况如下：", keep=True),
        Each("third_party_opinion"),
        Text("本机关同时考虑了不公开对公共利益的影响：", keep=True),
        Each("balancing"),
    ),
    "A-09": _refusal(
        "{{ you }}申请公开的信息涉及他人的个人隐私，公开会对其合法权益造成损害",
        "第十五条、第三十二条",
        Text("依法征求第三方意见的情况如下：", keep=True),
        Each("third_party_opinion"),
        Text("本机关同时考虑了不公开对公共利益的影响：", keep=True),
        Each("balancing"),
    ),
    "A-10": _refusal("{{ you }}申请公开的信息属于本机关{{ internal_kind }}方面的内部事务信息", "第十六条第一款"),
    "A-11": _refusal(
        "{{ you }}申请公开的信息是本机关在履行行政管理职能过程中形成的{{ process_kind }}，属于过程性信息",
        "第十六条第二款",
    ),
    "A-12": _refusal(
        "{{ you }}申请公开的信息属于行政执法案卷信息，所在案卷为{{ enforcement_file }}",
        "第十六条第二款",
        When("file_access", (Text("依法可以查阅案卷的，途径如下：", keep=True), Each("file_access"))),
    ),
    "A-13": _reply(
        Text(
            "经审查，{{ you }}申请公开的信息，法律、行政法规对其获取有特别规定，应当按照{{ statute }}查询。"
            f"依据{LAW}第三十六条第七项的规定，请{{{{ you }}}}向下列机构办理查询：{{{{ counter }}}}。"
        ),
        When("reason", (Each("reason"),)),
    ),
    "A-14": _reply(
        Text("收到申请后，本机关进行了检索，情况如下：", keep=True),
        Text("检索范围：", keep=True),
        Each("search_scope"),
        Text("检索方式：{{ search_method }}。检索词：{{ search_words }}。检索时间：{{ search_dates }}。"),
        When("reason", (Each("reason"),)),
        Text(
            "经上述检索，没有查找到{{ you }}申请公开的信息。"
            f"依据{LAW}第三十六条第四项的规定，现告知{{{{ you }}}}：所申请的政府信息不存在。"
        ),
        Text("{{ you }}如有进一步的线索（如文件名称、文号、形成时间），请与本机关联系，本机关将据以再次查找。"),
    ),
    "A-15": _reply(
        Text("经审查，{{ you }}申请公开的信息不属于本机关负责公开。具体理由如下：", keep=True),
        Each("reason"),
        Text(
            f"依据{LAW}第三十六条第五项的规定，"
            "{% if other_agency_name %}建议{{ you }}向{{ other_agency_name }}提出申请"
            "{% if other_agency_contact %}，联系方式：{{ other_agency_contact }}{% endif %}。"
            "{% else %}现予以告知；负责公开该信息的行政机关，本机关目前无法确定。{% endif %}"
        ),
    ),
    "A-16": _reply(
        Text(
            "经审查，本机关没有{{ you }}申请公开的现成信息，提供该信息需要对现有政府信息进行加工、分析。具体理由如下：",
            keep=True,
        ),
        Each("reason"),
        Text(f"综上，依据{LAW}第三十八条的规定，本机关不予提供。"),
        When(
            "existing_information",
            (Text("下列现有信息可供{{ you }}参考：", keep=True), Each("existing_information")),
        ),
    ),
    "A-17": _reply(
        Text("申请内容不明确，本机关曾告知{{ you }}补正，经过如下：", keep=True),
        Each("correction_history"),
        Text("经审查，补正后的申请内容仍不明确，具体情况如下：", keep=True),
        Each("reason"),
        Text(
            f"综上，依据{LAW}第三十条的规定，本机关无法查找并提供所申请的信息。"
            "{{ you }}明确申请内容后，可以重新提出申请，本机关将依法办理。"
        ),
    ),
    "A-18": _reply(
        Text(
            "经审查，本机关已于{{ earlier_date }}以{{ earlier_number }}答复书，就所涉信息作出答复。"
            "{{ repeat_ground }}。"
        ),
        When("reason", (Each("reason"),)),
        Text(f"依据{LAW}第三十六条第六项的规定，本机关不予重复处理。"),
    ),
    "A-19": _reply(
        Text("经审查，{{ you }}以政府信息公开申请的形式提出的是信访、投诉、举报等诉求。具体情况如下：", keep=True),
        Each("reason"),
        Text(
            f"依据{LAW}第三十九条第一款的规定，本机关不作为政府信息公开申请处理。"
            "为使{{ you }}的诉求得到办理，请通过下列途径提出：",
            keep=True,
        ),
        Each("proper_channel"),
    ),
    "A-20": _reply(
        Text(
            "经审查，{{ you }}申请提供的是政府公报、报刊、书籍等公开出版物。"
            f"依据{LAW}第三十九条第二款的规定，现将获取的途径告知如下：",
            keep=True,
        ),
        Each("publication_source"),
    ),
    "A-21": _reply(
        Text("经统计，{{ you }}提出申请的数量、频次情况如下：", keep=True),
        Each("request_counts"),
        Text("经本机关要求，{{ you }}说明的理由如下：", keep=True),
        Each("reasons_given"),
        Text("经审查，本机关认为上述理由不合理：", keep=True),
        Each("assessment"),
        Text(f"综上，依据{LAW}第三十五条的规定，本机关对该申请不予处理。"),
    ),
}
