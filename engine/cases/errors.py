"""What a command refuses, in sentences that a person in the office can act on (Chinese)."""

from collections.abc import Mapping

from engine.statute.said import said


class Refusal(Exception):
    """A command that changed nothing; `str()` is the Chinese sentence to show."""


class NotPermitted(Refusal):
    """The actor may not do this."""


class NotFound(Refusal):
    """There is no such thing, or the actor may not know of it."""


class Stale(Refusal):
    """Somebody else was quicker; the sentence says who and when."""


class Unreachable(Stale):
    """The database cannot be reached; a command that is told so has stored nothing."""

    def __init__(self) -> None:
        """It was tried again for some seconds."""
        super().__init__(
            said("数据库暂时连接不上，本次提交没有保存。请保留本页，稍候再提交；如一直这样，请联系系统管理员。")
        )


class Unreadable(Stale):
    """The database cannot be reached for reading; whether anything was to be stored before is not known here."""

    def __init__(self) -> None:
        """It was tried again for some seconds."""
        super().__init__(
            said(
                "数据库暂时连接不上，请稍候刷新本页。如果刚提交过内容，请先查看是否已经保存；"
                "如一直这样，请联系系统管理员。"
            )
        )


class TooSlow(Stale):
    """The database ended a statement that took too long; nothing of the command was stored."""

    def __init__(self) -> None:
        """The limit is that of `engine.store.session`."""
        super().__init__(said("数据库处理时间太长，本次操作已停止，没有保存内容。请缩小范围，或稍候再试。"))


class InDoubt(Stale):
    """The connection broke while the command was being committed: it may or may not have been stored."""

    def __init__(self) -> None:
        """It must not be tried again unseen, or a request could be registered twice."""
        super().__init__(
            said("保存时数据库连接中断，不能确定本次提交是否已经保存。请先查看办理记录，确认没有保存再重新提交。")
        )


class StorageFull(Refusal):
    """The disk or the database has no room left."""

    def __init__(self) -> None:
        """Nothing of the command was stored."""
        super().__init__(said("服务器的存储空间已满，本次提交没有保存。请保留本页，联系系统管理员清理空间后再提交。"))


class AnswerErrors(Refusal):
    """A form with wrong answers: `errors` maps the field's name to the sentence beside it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """`errors`: field name -> Chinese sentence."""
        super().__init__("表单有未填或填错的内容，请按提示修改后再提交。")
        self.errors = dict(errors)
