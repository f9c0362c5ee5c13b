"""How messages leave the house beside the inbox: e-mail, group robots, text messages. All off by default.

Secrets (a password, a robot's address, a token) stand in files of their own, readable by the service only, so that the
configuration can be shown and copied.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from engine.settings.section import Line, Section

_Secret = Annotated[str, Field(min_length=1, max_length=400)]


class _Switched(Section):
    """A channel that can be switched on once what it needs is written down."""

    enabled: bool = Field(default=False, description="是否启用，true 或 false")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        absent = [name for name in self.needed if getattr(self, name) is None]
        if self.enabled and absent:
            raise ValueError(f"启用后还要写明 {'、'.join(absent)}")
        return self

    @property
    def needed(self) -> tuple[str, ...]:
        """Keys without which the channel cannot be switched on."""
        return ()


class Mail(_Switched):
    """E-mail by SMTP."""

    host: Line | None = Field(default=None, description="邮件服务器地址")
    port: int = Field(default=587, ge=1, le=65535, description="端口，1 至 65535，STARTTLS 通常为 587")
    starttls: bool = Field(default=True, description="是否用 STARTTLS 加密，true 或 false")
    ca_file: _Secret | None = Field(
        default=None, description="签发邮件服务器证书的 CA 证书文件，公共 CA 签发的不写这一项"
    )
    username: Line | None = Field(default=None, description="登录用户名，不需要登录则不写")
    password_file: _Secret | None = Field(default=None, description="存放登录口令的文件")
    sender: Line | None = Field(default=None, description="发件地址，如 yishen@yunling.example")

    @property
    def needed(self) -> tuple[str, ...]:
        """The server and the address that stands in From."""
        return ("host", "sender", *(("password_file",) if self.username else ()))


class Robot(_Switched):
    """The robot of a chat group. WeCom's address carries its key; DingTalk may sign with a secret besides."""

    url_file: _Secret | None = Field(default=None, description="存放群机器人 Webhook 地址的文件")
    secret_file: _Secret | None = Field(default=None, description="存放加签密钥的文件（仅钉钉），不加签则不写")

    @property
    def needed(self) -> tuple[str, ...]:
        """Where to post."""
        return ("url_file",)


class Sms(_Switched):
    """Text messages through the office's gateway: a JSON POST of `phone` and `text` with a bearer token."""

    url: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=400)] | None = Field(
        default=None, description="短信网关地址，以 https:// 或 http:// 开头"
    )
    token_file: _Secret | None = Field(default=None, description="存放网关令牌的文件")

    @property
    def needed(self) -> tuple[str, ...]:
        """The gateway and who we are to it."""
        return ("url", "token_file")


class Channels(Section):
    """Every way out."""

    mail: Mail = Field(default_factory=Mail, description="[channels.mail] 一节")
    wecom: Robot = Field(default_factory=Robot, description="[channels.wecom] 一节")
    dingtalk: Robot = Field(default_factory=Robot, description="[channels.dingtalk] 一节")
    sms: Sms = Field(default_factory=Sms, description="[channels.sms] 一节")

    @property
    def enabled(self) -> tuple[str, ...]:
        """Names of the channels that are switched on."""
        return tuple(name for name in ("mail", "wecom", "dingtalk", "sms") if getattr(self, name).enabled)
