"""The wording of the procedural letters L-02 … L-17: plain, courteous, in our own words.

Every notice says what is asked of the reader, by when, on which article, and what happens otherwise.
"""

from collections.abc import Mapping
from typing import Final

from letters.blocks import LAW, LISTED, OPENING, Block, Body, Each, Sheet, Text, When
from letters.tables import Grid


def _notice(*blocks: Block, closing: str = "特此告知。", remedies: bool = False) -> Body:
    return Body("{{ addressee }}", (Text(OPENING), *blocks), closing, remedies)


NOTICES: Final[Mapping[str, Body]] = {
    "L-02": Body(
        "",
        (
            Text(
                "{{ you }}提出的政府信息公开申请已经收到并登记，有关情况如下。请妥善保管本回执，"
                "凭登记编号和查询码可以查询办理进度。",
                "表前文字",
            ),
            Sheet(
                (
                    ("申请人", "{{ addressee }}"),
                    ("登记编号", "{{ case_number }}"),
                    ("查询码", "{{ query_code }}"),
                    ("申请内容", "{{ subject }}"),
                    ("希望获取的形式", "{% if form_requested %}{{ form_requested }}{% else %}未注明{% endif %}"),
                    ("申请方式", "{{ channel }}"),
                    ("收到申请之日", "{{ receipt_on }}"),
                    ("确定依据", "{{ receipt_rule }}"),
                    ("答复期限届满", "{{ reply_due }}"),
                )
            ),
            Text(
                f"说明：答复期限为自收到申请之日起20个工作日，依据是{LAW}第三十三条第二款。"
                "需要补正申请内容的，自收到补正的申请之日起重新计算；依法征求第三方或者其他机关意见所需时间不计算在内；"
                "依法延长答复期限的，本机关将另行告知。",
                "表格说明",
                keep=True,
            ),
        ),
        closing="",
        page="form",
    ),
    "L-03": _notice(
        Text("经审查，申请中有下列事项不明确，本机关暂时无法据以查找和办理，请{{ you }}一次补正：", keep=True),
        Each("correction_items", LISTED),
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
        Each("reasons_wanted", LISTED),
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
            Text("特此函达，请予支持。", keep=True),
            Text("附件：征求意见回执", "附件说明"),
        ),
        closing="",
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
                (10, 10, 18, 26, 54, 16, 24),
            ),
            Text(
                "请自收到征求意见书之日起15个工作日内填写，交至或者寄至{{ organ }}"
                "{% if contact_address %}（{{ contact_address }}）{% endif %}，"
                "联系人：{{ contact_person }}，联系电话：{{ contact_phone }}。"
            ),
        ),
        closing="",
        page="form",
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
                "请在{{ order_due_on }}（含当日）以前书面回复检索和研判的结果，附上检索记录和查到的信息；"
                "没有查到的，请写明检索的范围、方法、检索词和时间。法定答复期限不因协办而停止计算，请按时回复。"
            ),
        ),
        "请予支持。",
    ),
    "L-12": _notice(
        Text(
            f"依据{LAW}第四十二条和《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）的规定，"
            "该申请应当缴纳信息处理费。本机关采用{{ fee_mode }}计收的方式（{{ fee_scope }}），"
            "本次计费数量为{{ fee_quantity }}{{ fee_unit }}，计算如下表。",
        ),
        Grid(
            "fee_lines",
            ("档次（{{ fee_unit }}）", "标准（每{{ fee_unit }}）", "数量（{{ fee_unit }}）", "金额"),
            ("{{ row.range }}", "{{ row.rate }}", "{{ row.count }}", "{{ row.amount }}"),
            (46, 38, 34, 38),
            ("合计", "", "{{ fee_quantity }}", "{{ fee_total }}"),
        ),
        Text(
            "以上合计应缴{{ fee_total }}。请自收到本通知书次日起20个工作日内，按下列方式缴纳：",
            "表后文字",
            keep=True,
        ),
        Each("pay_how"),
        Text(
            "缴费后，本机关自收到全部费用次日起重新计算办理期限；逾期未缴纳的，视为放弃申请，本机关不再处理该申请。"
            "对收费有疑问的，可以与本机关联系，本机关将予以说明。"
        ),
        closing="特此通知。",
    ),
    "L-13": _notice(
        Text(
            "{{ you }}就申请数量、频次说明的理由，经审查，本机关认为合理。但因下列原因，不能在规定的期限内答复：",
            keep=True,
        ),
        Each("deferral_reason"),
        Text(f"依据{LAW}第三十五条的规定，本机关确定在{{{{ new_due }}}}（含当日）以前作出答复。"),
        Text("由此给{{ you }}带来的不便，敬请谅解。"),
    ),
    "L-14": _notice(
        Text("该申请的办理情况如下：", keep=True),
        Each("end_facts"),
        When("end_proof", (Each("end_proof"),)),
        Text(
            "{{ end_ground }}，本机关不再处理该申请。仍需获取有关信息的，{{ you }}可以重新提出申请，本机关将依法办理。"
        ),
        remedies=True,
    ),
    "L-15": Body(
        "{{ addressee }}",
        (
            Text(
                "{{ you }}于{{ receipt_on }}向本机关提出，本机关提供的与{{ you }}自身相关的政府信息记录不准确，要求更正"
                "（登记编号：{{ case_number }}）。要求更正的记录为：“{{ subject }}”。"
            ),
            Text("经核实，情况如下：", keep=True),
            Each("record_findings"),
            Text(
                f"依据{LAW}第四十一条的规定，现将处理结果告知如下：{{{{ record_outcome }}}}。"
                "{% if record_transferred_to %}该行政机关及其联系方式：{{ record_transferred_to }}。{% endif %}"
            ),
        ),
        "特此告知。",
        remedies=True,
    ),
    "L-17": Body(
        "{{ recipient }}",
        (
            Text(
                "本机关{{ letter_dated_on }}出具的《{{ letter_name }}》（{{ letter_number }}）有下列笔误，现予更正：",
                "表前文字",
            ),
            Grid(
                "amendments",
                ("序号", "原文", "更正为"),
                ("{{ loop.index }}", "{{ row.wrong }}", "{{ row.right }}"),
                (14, 71, 71),
                of="words",
            ),
            Each("amendment_reason", style="表后文字"),
            Text("原文书的其他内容不变，本通知书与原文书一并使用。由此带来不便，敬请谅解。"),
        ),
        "特此通知。",
    ),
}
