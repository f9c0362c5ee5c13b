"""What counts as word for word: sentences of a paper that stand in the document it explains."""

from engine.cases.similarity import sentences, similarity

POLICY = (
    "第三条 改造资金由县财政、产权单位和居民共同承担。基础类改造由县财政承担，完善类改造县财政承担七成。",
    "第六条 资金实行专户管理，按工程进度拨付，完工后三个月内在小区公示决算。",
)


def percent(*lines: str) -> int:
    return similarity(lines, POLICY).percent


def test_sentences_end_at_chinese_marks_and_line_ends():
    told = list(sentences(["甲。乙！“丙？”丁；戊…", "己"]))
    assert told == ["甲。", "乙！", "“丙？”", "丁；", "戊…", "己"]


def test_a_copied_sentence_counts_and_shows_its_source():
    found = similarity(
        ["资金实行专户管理，按工程进度拨付，完工后三个月内在小区公示决算。", "钱怎么用，看得见、查得到。"], POLICY
    )
    assert (found.sentences, found.common, found.percent) == (2, 1, 50)
    assert found.passages[0].source == "资金实行专户管理，按工程进度拨付，完工后三个月内在小区公示决算"


def test_punctuation_width_and_spaces_do_not_hide_a_copy():
    assert percent("资金实行专户管理,按工程进度拨付;完工后三个月内在小区公示决算") == 100
    assert percent("改造资金由县财政 产权单位和居民共同承担") == 100


def test_a_changed_character_does_not_hide_a_copy():
    assert percent("资金实行专户管理，按工程进度拨付，完工后三个月内在小区公布决算。") == 100


def test_the_same_matter_in_other_words_is_no_copy():
    assert (
        percent("修房子的钱，政府出大头，住户出小头，交给专门账户保管。", "工程干完一个季度之内，账要贴在小区里。") == 0
    )


def test_short_sentences_say_nothing_and_an_empty_paper_is_no_copy():
    assert similarity(["特此通知。", "第三条"], POLICY).sentences == 0
    assert percent() == 0


def test_a_sentence_longer_than_the_document_is_no_copy():
    assert similarity(["很长的一句话" * 40], ["短文，只有一句话而已。"]).percent == 0
