"""The remedies paragraphs of a letter, in the words that the office signs.

Which type a decision carries is the law's question (`engine.statute.remedies.remedy_type`); this is its wording.
"""

from engine.statute.decisions import RemedyType
from engine.statute.remedies import Forum

REPLY = "本答复书"
NOTICE = "本告知书"


def paragraphs(remedy: RemedyType, forum: Forum, paper: str = REPLY) -> tuple[str, ...]:
    """What the reader can do about the letter, one paragraph for each way; empty for a letter nobody can attack.

    Periods: 60 days to the authority (行政复议法 Art. 20), 6 months to the court (行政诉讼法 Art. 46), 15 days after
    reconsideration (Art. 45). Reconsideration first is told when refusing (行政复议法 Art. 23(2)). The online
    way stands last (行政复议法 Art. 22(2)). `paper` is how the letter calls itself.
    """
    received = f"自收到{paper}之日起"
    either = (
        f"可以{received}60日内，依法向{forum.authority}申请行政复议；"
        f"也可以{received}6个月内，依法向{forum.court}提起行政诉讼。"
    )
    first = (
        f"依据《中华人民共和国行政复议法》第二十三条的规定，应当{received}60日内，"
        f"先依法向{forum.authority}申请行政复议；对行政复议决定不服的，可以自收到行政复议决定书之日起15日内，"
        f"依法向{forum.court}提起行政诉讼。"
    )
    told: tuple[str, ...]
    match remedy:
        case RemedyType.NONE:
            return ()
        case RemedyType.RF:
            told = (f"对{paper}不服的，{first}",)
        case RemedyType.SPLIT:
            told = (f"对不予公开的部分不服的，{first}", f"对{paper}的其他部分不服的，{either}")
        case RemedyType.RECONSIDERATION_ONLY:
            told = (f"对{paper}不服的，可以{received}60日内，依法向{forum.authority}申请行政复议。",)
        case RemedyType.CH:
            told = (f"对{paper}不服的，{either}",)
    if forum.online_channel:
        told = (*told, f"申请行政复议也可以在线办理，途径为：{forum.online_channel}。")
    return told
