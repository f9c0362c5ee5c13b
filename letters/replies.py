"""The wording of the replies A-01 … A-21: plain, courteous, in our own words.

Every reply says what was asked, what was found, the article, this case's reason, and what can be done about it.
"""

from collections.abc import Mapping
from typing import Final

from letters.blocks import LAW, LISTED, OPENING, Block, Body, Each, Text, When

_FORM_REASON: Final = When(
    "form_reason",
    (Text(f"依据{LAW}第四十条的规定，未按{{{{ you }}}}希望的形式提供，原因如下：", keep=True), Each("form_reason")),
)


def _reply(*blocks: Block, attachments: bool = False) -> Body:
    return Body("{{ addressee }}", (Text(OPENING), *blocks), remedies=True, attachments=attachments)


def _refusal(found: str, article: str, *more: Block, verdict: str = "本机关决定不予公开") -> Body:
    """A refusal: the finding, this case's reason, then article and decision."""
    return _reply(
        Text(f"经审查，{found}。具体理由如下：", keep=True),
        Each("reason"),
        *more,
        Text(f"综上，依据{LAW}{article}的规定，{verdict}。"),
    )


REPLIES: Final[Mapping[str, Body]] = {
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
        When("classification_basis", (Text("定密依据：{{ classification_basis }}。"),)),
        Text(
            f"综上，依据{LAW}{{{{ withheld_article }}}}"
            "{% if provision %}和{{ provision }}的规定{% endif %}，对上述部分不予公开。"
        ),
        Text("三、救济途径", "一级标题"),
        attachments=True,
    ),
    "A-05": _refusal(
        "{{ you }}申请公开的信息属于依法确定的国家秘密",
        "第十四条",
        Text("定密依据：{{ classification_basis }}。"),
    ),
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
            "具体理由如下：",
            keep=True,
        ),
        Each("reason"),
        Text(f"依据{LAW}第三十六条第七项的规定，请{{{{ you }}}}向下列机构办理查询：{{{{ counter }}}}。"),
    ),
    "A-14": _reply(
        Text("收到申请后，本机关进行了检索，情况如下：", keep=True),
        Text("检索范围：", keep=True),
        Each("search_scope", LISTED),
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
            "{{ repeat_ground }}。具体理由如下：",
            keep=True,
        ),
        Each("reason"),
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
