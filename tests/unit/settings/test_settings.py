"""config.toml: what is read, and the one line that answers a mistake."""

import stat
from datetime import date, time
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from engine.settings import Ladder, Settings, SettingsFault, load_settings, prepare, session_key
from engine.statute.decisions import RemedyType

ROOT = Path(__file__).parents[3]
SHIPPED = (ROOT / "config.toml").read_text("utf-8")


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        file = tmp_path / "config.toml"
        file.write_text(text, "utf-8")
        return file

    return write


@pytest.fixture
def fault(write):
    """Call with a replacement in the shipped file for the sentence that answers it."""

    def fault(old: str, new: str) -> str:
        assert old in SHIPPED
        with pytest.raises(SettingsFault) as caught:
            load_settings(write(SHIPPED.replace(old, new)))
        sentence = str(caught.value)
        assert "\n" not in sentence
        return sentence

    return fault


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_the_shipped_file_is_the_office_of_yunling():
    settings = load_settings(ROOT / "config.toml")
    assert settings.office.organ == "云岭县人民政府"
    assert settings.office.mark == "云政公复"
    assert settings.policy().correction_period_working_days == 15
    assert [rung.before for rung in settings.ladder.rungs] == [10, 5, 3, 1, 0]


def test_the_command_line_stands_above_the_file(tmp_path):
    settings = load_settings(ROOT / "config.toml", database_url="sqlite:///x.db", data_dir=tmp_path)
    assert settings.database_url == "sqlite:///x.db"
    assert settings.data_dir == str(tmp_path)


def test_every_setting_is_explained_in_the_shipped_file():
    def keys(model: type[BaseModel]) -> set[str]:
        return {field.alias or name for name, field in model.model_fields.items()}

    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            for key in keys(field.annotation):
                assert key in SHIPPED, f"[{name}] {key}"
        else:
            assert name in SHIPPED


def test_a_short_file_has_the_defaults(write):
    office = SHIPPED[SHIPPED.index("[office]") : SHIPPED.index("[clock]")]
    assert load_settings(write(office)).model_dump(exclude={"office"}) == load_settings(
        ROOT / "config.toml"
    ).model_dump(exclude={"office"})


@pytest.mark.parametrize(
    ("old", "new", "start", "words"),
    [
        ("min_length = 10", "min_length = 3", "min_length", "[security] min_length 不能小于 8，现在写的是 3"),
        ("min_length = 10", 'min_length = "10"', "min_length", "应为整数"),
        ("min_length = 10", "min_length = 10.5", "min_length", "应为整数"),
        ("second_extension = false", "second_extension = 0", "second_extension", "应为 true 或 false"),
        ("min_length = 10", "min_lenght = 10", "min_lenght", "没有 [security] min_lenght 这一项"),
        ('organ_kind = "county_government"', 'organ_kind = "ministry"', "organ_kind", "'county_government'"),
        ('postcode = "650999"', "postcode = 650999", "postcode", "应为文字（加引号）"),
        ('postcode = "650999"', 'postcode = "65099"', "postcode", "六位数字"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Beijing"', "timezone", "没有这个时区"),
        ("extra_rest_days = []", 'extra_rest_days = ["2026-07-01"]', "extra_rest_days", "列表里只能是日期"),
        ("extra_rest_days = []", "extra_rest_days = 2026-07-01", "extra_rest_days", "应为列表"),
        ("{ before = 10,", "{ before = 4,", "rungs", "before 应由大到小且不重复"),
        ('tell = ["handler"] }', 'tell = ["mayor"] }', "rungs", "intake、handler"),
        ('tell = ["handler"] }', 'tell = ["handler"], by = ["fax"] }', "rungs", "mail、wecom、dingtalk、sms"),
        ('tell = ["handler"] }', "tell = [] }", "rungs", "tell 和 digest 至少写一个角色"),
        ('tell = ["handler"] }', 'tell = ["handler"], digest = ["handler"] }', "rungs", "不能同时写在"),
        ("{ after = 1,", "{ after = 0,", "overdue", "不能小于 1"),
        ("quiet = []", "quiet = [20:00:00]", "quiet", "应写两个不同的时间"),
        ("quiet = []", 'quiet = ["evening", "07:30"]', "quiet", "免打扰时段的起止"),
        ("digest_at = 08:30:00", "digest_at = 8", "digest_at", "08:30:00"),
        ('partial = "split"', 'partial = "none"', "partial", "只能是 'split' 或 'rf'"),
        ("[scheduler]", "[schedule]", "[schedule]", "没有 schedule 这一项"),
        ("port = 8000", "port 8000", "port", "TOML 语法错误"),
        ("port = 8000", "port = 70000", "port", "不能大于 65535"),
        ('organ = "云岭县人民政府"\n', "", "[office]", "[office] organ 缺少这一项"),
        ('types = ["pdf"', 'types = [".PDF"', "types", "扩展名只能是小写字母和数字"),
        ('database_url = "sqlite', 'database_url = "mysql', "database_url", "postgresql+psycopg://"),
    ],
)
def test_a_mistake_is_answered_with_file_line_key_and_what_is_allowed(fault, old, new, start, words):
    sentence = fault(old, new)
    line = line_of(SHIPPED.replace(old, new), start)
    assert f"config.toml 第 {line} 行：" in sentence
    assert words in sentence


def test_a_repeated_key_is_named_with_its_line(fault):
    sentence = fault("port = 8000", "port = 8000\nport = 8001")
    assert f"第 {line_of(SHIPPED, 'port = 8000') + 1} 行" in sentence


def test_an_unknown_decision_code_is_named(fault):
    sentence = fault('partial = "split"', 'partial = "split"\nby_decision = { X9 = "CH" }')
    assert "X9" in sentence
    assert "没有决定代码" in sentence


def test_a_missing_file_and_another_encoding_are_said_so(tmp_path):
    with pytest.raises(SettingsFault, match="找不到配置文件"):
        load_settings(tmp_path / "none.toml")
    file = tmp_path / "config.toml"
    file.write_bytes(SHIPPED.encode("gb18030"))
    with pytest.raises(SettingsFault, match=r"第 1 行：文件不是 UTF-8 编码"):
        load_settings(file)
    with pytest.raises(SettingsFault, match="无法读取配置文件"):
        load_settings(tmp_path)


def test_a_wrong_address_given_on_the_command_line_is_not_blamed_on_the_file():
    with pytest.raises(SettingsFault, match=r"^--database-url 写法不对，现在写的是 'mysql://x'。说明："):
        load_settings(None, database_url="mysql://x")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SHIPPED.encode())
    assert load_settings(file).office.short_name == "云岭县政府"


def test_local_fee_tiers_and_remedies_reach_the_statute(write):
    tiers = "[[fees.per_page]]\nfrom = 1\nto = 50\nrate = 0\n[[fees.per_page]]\nfrom = 51\nrate = 7\n"
    text = SHIPPED.replace("[remedies]", tiers + '[remedies]\nby_decision = { D2 = "reconsideration_only" }')
    settings = load_settings(write(text.replace('partial = "split"', 'partial = "rf"')))
    assert [tier.rate for tier in settings.fee_tiers().per_page.tiers] == [0, 7]
    assert settings.remedies.overrides() == {"D2": RemedyType.RECONSIDERATION_ONLY, "P1": RemedyType.RF}


def test_a_gap_between_fee_tiers_is_refused(write):
    tiers = "[[fees.per_page]]\nfrom = 1\nto = 50\nrate = 0\n[[fees.per_page]]\nfrom = 52\nrate = 7\n"
    with pytest.raises(SettingsFault, match="第 2 档应从 51 开始"):
        load_settings(write(SHIPPED.replace("[remedies]", tiers + "[remedies]")))


def test_local_rest_days_reach_the_policy(write):
    settings = load_settings(write(SHIPPED.replace("extra_rest_days = []", "extra_rest_days = [2026-07-01]")))
    assert settings.policy().extra_rest_days == {date(2026, 7, 1)}


def test_settings_cannot_be_changed_afterwards():
    settings = load_settings(ROOT / "config.toml")
    with pytest.raises(ValidationError):
        settings.security.min_length = 1


def test_the_session_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    settings = load_settings(ROOT / "config.toml", data_dir=tmp_path / "var", database_url="sqlite:///:memory:")
    key = session_key(settings)
    file = tmp_path / "var" / "session.key"
    assert len(key) >= 32
    assert session_key(settings) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["session.key"]
    file.write_text("short")
    with pytest.raises(SettingsFault, match="已损坏"):
        session_key(settings)


def test_a_data_folder_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "var").write_text("a file")
    settings = load_settings(ROOT / "config.toml", data_dir=tmp_path / "var")
    with pytest.raises(SettingsFault, match="无法建立数据目录"):
        prepare(settings)


def test_a_ladder_for_one_clock_stands_for_itself(write):
    one = '[ladder.clocks.filing]\nrungs = [{ before = 1, tell = ["legal"] }]\n\n[channels.mail]'
    ladder = load_settings(write(SHIPPED.replace("[channels.mail]", one))).ladder
    assert [rung.before for rung in ladder.of("filing").rungs] == [1]
    assert ladder.of("filing").overdue == ()
    assert ladder.of("reply") is ladder
    assert [rung.before for rung in ladder.of("payment", waiting=True).rungs] == [3, 0]
    assert ladder.of("payment", waiting=True).overdue == ()


@pytest.mark.parametrize(
    ("quiet", "silent"),
    [((), ""), ((time(20), time(7, 30)), "20:00 23:59 00:00 07:29"), ((time(12), time(14)), "12:00 13:59")],
)
def test_hours_of_silence_may_reach_over_midnight(quiet, silent):
    ladder = Ladder(quiet=quiet)
    asked = ["00:00", "07:29", "07:30", "11:59", "12:00", "13:59", "14:00", "19:59", "20:00", "23:59"]
    assert {one for one in asked if ladder.silent_at(time.fromisoformat(one))} == set(silent.split())
