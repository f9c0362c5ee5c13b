"""What can be set: one frozen model per section of `config.toml`.

The description of a field is the Chinese sentence that a wrong value is answered with, so it says what is allowed.
"""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from engine.settings.channels import Channels
from engine.settings.ladder import Ladder
from engine.settings.letters import Letters
from engine.settings.scheduling import Scheduler
from engine.settings.section import Line
from engine.settings.section import Section as _Section
from engine.statute.decisions import DECISIONS, RemedyType
from engine.statute.fees import NATIONAL_SCHEDULES, FeeSchedule, FeeSchedules, Tier
from engine.statute.policy import Policy

OrganKind = Literal[
    "county_government",
    "county_department",
    "township_government",
    "subdistrict_office",
    "city_government",
    "city_department",
    "vertical_organ",
    "justice_bureau",
]
Remedy = Literal["RF", "CH", "SPLIT", "reconsideration_only"]


class Office(_Section):
    """The organ that runs the system, as its letters name it."""

    organ: Line = Field(description="行政机关全称，如“云岭县人民政府”")
    short_name: Line = Field(description="行政机关简称，页眉和列表使用")
    disclosure_office: Line = Field(description="政府信息公开工作机构名称")
    mark: Line = Field(description="答复类文书的机关代字，如“云政公复”")
    notice_mark: Line = Field(description="告知类文书的机关代字，如“云政公告”")
    organ_kind: OrganKind = Field(description="机关类别，决定复议机关的写法")
    authority: Line = Field(description="行政复议机关（行政复议法第二十四条）")
    court: Line = Field(description="有管辖权的人民法院")
    online_channel: Line | None = Field(
        default=None, description="网上行政复议渠道（行政复议法第二十二条），没有则不写这一项"
    )
    address: Line = Field(description="办公地址")
    postcode: str = Field(pattern=r"^\d{6}$", description="邮政编码，六位数字，加引号")
    contact_person: Line = Field(description="联系人")
    phone: Line = Field(description="联系电话")
    timezone: str = Field(default="Asia/Shanghai", description="时区名称，如 Asia/Shanghai")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("没有这个时区") from error
        return value


class Clock(_Section):
    """The statutory clock where the Regulations leave a choice, and the local limits beside it."""

    suspension_includes_sending_day: bool = Field(
        default=False, description="征求意见的发出当日是否也扣除，true 或 false"
    )
    correction_period_working_days: int = Field(
        default=15, ge=5, le=30, description="申请人补正期限，5 至 30 个工作日（条例第三十条）"
    )
    art35_suspends: bool = Field(
        default=False, description="要求说明理由期间是否停止计算（条例第三十五条），true 或 false"
    )
    extra_rest_days: Annotated[tuple[date, ...], Field(strict=False)] = Field(
        default=(), description="本地另行放假的日期列表，如 [2026-07-01]，日期不加引号"
    )
    second_extension: bool = Field(default=False, description="是否允许在二十个工作日内第二次延期，true 或 false")
    confirm_same_day: bool = Field(
        default=True, description="网络、传真、平信申请当日未确认是否报警（条例第三十一条），true 或 false"
    )
    filing_working_days: int = Field(
        default=3, ge=1, le=30, description="复议、诉讼案件向主管部门备案的期限，1 至 30 个工作日，自收到副本起"
    )
    interpretation_working_days: int = Field(
        default=3, ge=0, le=5, description="政策文件先行公布后补发解读的期限，0 至 5 个工作日（国办发〔2016〕19号）"
    )

    @field_validator("extra_rest_days", mode="before")
    @classmethod
    def _only_days(cls, value: object) -> object:
        if isinstance(value, list) and any(type(day) is not date for day in value):
            raise ValueError("列表里只能是日期")
        return value


class FeeTier(_Section):
    """One tier of the processing fee: from the `from`-th to the `to`-th item or page, `rate` yuan each.

    The last tier is open (`to` absent). With `block` and `step` it rises: each further `block` of items costs
    `step` yuan more.
    """

    from_: int = Field(alias="from", ge=1, description="起（含），不小于 1 的整数")
    to: int | None = Field(default=None, ge=1, description="止（含），整数；最后一档不写")
    rate: int = Field(ge=0, description="每件或每页金额，整数元")
    block: int | None = Field(default=None, ge=1, description="递增档每多少件（页）加价一次，整数")
    step: int | None = Field(default=None, ge=1, description="递增档每次加价金额，整数元")


class Fees(_Section):
    """Local fee tiers; without them the built-in ones of 国办函〔2020〕109号 apply."""

    per_item: Annotated[tuple[FeeTier, ...], Field(strict=False)] | None = Field(
        default=None, description="按件收费各档，[[fees.per_item]]"
    )
    per_page: Annotated[tuple[FeeTier, ...], Field(strict=False)] | None = Field(
        default=None, description="按量收费各档，[[fees.per_page]]"
    )

    @field_validator("per_item", "per_page")
    @classmethod
    def _without_gap(cls, tiers: tuple[FeeTier, ...] | None) -> tuple[FeeTier, ...] | None:
        if tiers is None:
            return None
        expected = 1
        for place, tier in enumerate(tiers, 1):
            last = place == len(tiers)
            if tier.from_ != expected:
                raise ValueError(f"第 {place} 档应从 {expected} 开始")
            if (tier.to is None) != last:
                raise ValueError("只有最后一档不写 to" if not last else "最后一档不应写 to")
            if (tier.block is None) != (tier.step is None) or (tier.block is not None and not last):
                raise ValueError("block 与 step 要同时写，且只写在最后一档")
            if tier.to is not None and tier.to < tier.from_:
                raise ValueError(f"第 {place} 档的 to 小于 from")
            expected = (tier.to or 0) + 1
        if not tiers:
            raise ValueError("至少要有一档")
        return tiers


class Remedies(_Section):
    """Which remedy paragraph a decision carries, where the office departs from the built-in table."""

    partial: Literal["split", "rf"] = Field(
        default="split", description="部分公开的救济告知：split（分别告知）或 rf（全部复议前置）"
    )
    by_decision: dict[str, Remedy] = Field(
        default_factory=dict, description="按决定代码改写：RF、CH、SPLIT 或 reconsideration_only"
    )

    @field_validator("by_decision")
    @classmethod
    def _known_codes(cls, value: dict[str, Remedy]) -> dict[str, Remedy]:
        if unknown := sorted(set(value) - set(DECISIONS)):
            raise ValueError(f"没有决定代码 {unknown[0]}，可用的有 {'、'.join(DECISIONS)}")
        return value

    def overrides(self) -> dict[str, RemedyType]:
        """The office's remedy type by decision code, in the statute's own type."""
        names = {"reconsideration_only": RemedyType.RECONSIDERATION_ONLY}
        chosen = {code: names.get(kind) or RemedyType(kind) for code, kind in self.by_decision.items()}
        if self.partial == "rf":
            chosen.setdefault("P1", RemedyType.RF)
        return chosen


class Security(_Section):
    """Passwords, lock-out and sessions (GB/T 22239-2019, level 2 and 3 habits)."""

    min_length: int = Field(default=10, ge=8, le=64, description="口令最短长度，8 至 64 个字符")
    classes: int = Field(default=3, ge=1, le=4, description="口令至少包含几类字符（大写、小写、数字、符号），1 至 4")
    max_age_days: int = Field(default=90, ge=1, le=3650, description="口令最长使用天数，1 至 3650")
    history: int = Field(default=5, ge=0, le=24, description="不得重复最近几个口令，0 至 24")
    lock_after: int = Field(default=5, ge=1, le=20, description="连续失败几次后锁定，1 至 20")
    lock_minutes: int = Field(default=10, ge=1, le=1440, description="首次锁定分钟数（以后加倍），1 至 1440")
    idle_minutes: int = Field(default=30, ge=1, le=480, description="无操作自动退出的分钟数，1 至 480")
    absolute_hours: int = Field(default=12, ge=1, le=168, description="一次登录最长小时数，1 至 168")
    argon2_time_cost: int = Field(default=3, ge=1, le=20, description="argon2 迭代次数，1 至 20")
    argon2_memory_kib: int = Field(default=65536, ge=8, le=1048576, description="argon2 内存（KiB），8 至 1048576")


class Attachments(_Section):
    """What may be uploaded."""

    max_mb: int = Field(default=50, ge=1, le=500, description="单次上传上限（MB），1 至 500")
    types: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=("pdf", "docx", "doc", "xlsx", "xls", "jpg", "jpeg", "png", "tif", "tiff", "txt", "wps", "et", "ofd"),
        description="允许的文件扩展名列表，小写，不带点",
    )

    @field_validator("types")
    @classmethod
    def _plain_extensions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or any(not (name.isalnum() and name.isascii() and name == name.lower()) for name in value):
            raise ValueError("扩展名只能是小写字母和数字")
        return value


class Similarity(_Section):
    """How much of one paper may stand word for word in another before whoever signs is warned."""

    percent: int = Field(
        default=30, ge=1, le=100, description="解读材料与政策文件逐字相同的句子达到百分之几时提醒，1 至 100"
    )


class Web(_Section):
    """Where the pages are served."""

    host: str = Field(default="127.0.0.1", min_length=1, description="监听地址，如 127.0.0.1 或 0.0.0.0")
    port: int = Field(default=8000, ge=1, le=65535, description="监听端口，1 至 65535")
    trusted_proxy: str | None = Field(default=None, description="前置反向代理的 IP 地址，没有则不写这一项")
    public_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*[^\s/])?$", max_length=200)] | None = Field(
        default=None, description="用户打开本系统的网址，末尾不加斜线，如 https://yishen.example；写了消息里才有链接"
    )
    metrics_token_file: str | None = Field(
        default=None, min_length=1, description="存放监控令牌的文件；不写则只有本机能读取 /metrics"
    )
    https_only: bool = Field(default=False, description="是否只经 HTTPS 访问（会话 Cookie 加 Secure），true 或 false")


class Settings(_Section):
    """Everything in `config.toml`."""

    database_url: str = Field(
        default="sqlite:///var/yishen.sqlite",
        pattern=r"^(sqlite:///|postgresql\+psycopg://).+",
        description="数据库地址：sqlite:///文件 或 postgresql+psycopg://用户@主机/库名",
    )
    replica_url: str | None = Field(
        default=None,
        pattern=r"^postgresql\+psycopg://.+",
        description="只读副本地址 postgresql+psycopg://用户@主机/库名，没有则不写这一项",
    )
    data_dir: str = Field(default="var", min_length=1, description="附件、文书和会话密钥所在目录")
    office: Office = Field(description="[office] 一节")
    clock: Clock = Field(default_factory=Clock, description="[clock] 一节")
    workflows_dir: str | None = Field(
        default=None, min_length=1, description="本单位自己的事项类型所在文件夹，没有则不写这一项"
    )
    limits: dict[str, dict[str, Annotated[int, Field(ge=1, le=60)]]] = Field(
        default_factory=dict, description="内部时限改写：[limits.案件类型] 下“步骤 = 工作日数”，1 至 60"
    )
    fees: Fees = Field(default_factory=Fees, description="[fees] 一节")
    remedies: Remedies = Field(default_factory=Remedies, description="[remedies] 一节")
    security: Security = Field(default_factory=Security, description="[security] 一节")
    attachments: Attachments = Field(default_factory=Attachments, description="[attachments] 一节")
    similarity: Similarity = Field(default_factory=Similarity, description="[similarity] 一节")
    web: Web = Field(default_factory=Web, description="[web] 一节")
    channels: Channels = Field(default_factory=Channels, description="[channels] 各节")
    scheduler: Scheduler = Field(default_factory=Scheduler, description="[scheduler] 一节")
    ladder: Ladder = Field(default_factory=Ladder, description="[ladder] 一节")
    letters: Letters = Field(default_factory=Letters, description="[letters] 一节")

    def policy(self) -> Policy:
        """The choices of the statutory clock in the statute's own type."""
        return Policy(
            suspension_includes_sending_day=self.clock.suspension_includes_sending_day,
            correction_period_working_days=self.clock.correction_period_working_days,
            art35_suspends=self.clock.art35_suspends,
            extra_rest_days=frozenset(self.clock.extra_rest_days),
            second_extension=self.clock.second_extension,
            interpretation_working_days=self.clock.interpretation_working_days,
        )

    def fee_tiers(self) -> FeeSchedules:
        """The brackets of the processing fee in the statute's own type; the national ones where nothing is set."""
        return FeeSchedules(
            per_item=_schedule(self.fees.per_item, NATIONAL_SCHEDULES.per_item),
            per_page=_schedule(self.fees.per_page, NATIONAL_SCHEDULES.per_page),
        )


def _schedule(rows: tuple[FeeTier, ...] | None, national: FeeSchedule) -> FeeSchedule:
    if rows is None:
        return national
    last = rows[-1]
    tiers = [Tier(row.from_, row.to, row.rate) for row in rows]
    if last.block is None or last.step is None:
        return FeeSchedule(tuple(tiers), source="config.toml [fees]")
    # A rising tail starts with the last tier itself, one block long.
    tiers[-1] = Tier(last.from_, last.from_ + last.block - 1, last.rate)
    return FeeSchedule(tuple(tiers), last.block, last.step, "config.toml [fees]")
