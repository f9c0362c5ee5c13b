"""What a command refuses, in sentences that a person in the office can act on (Chinese)."""

from collections.abc import Mapping


class Refusal(Exception):
    """A command that changed nothing; `str()` is the Chinese sentence to show."""


class NotPermitted(Refusal):
    """The actor may not do this."""


class NotFound(Refusal):
    """There is no such thing, or the actor may not know of it."""


class Stale(Refusal):
    """Somebody else was quicker; the sentence says who and when."""


class AnswerErrors(Refusal):
    """A form with wrong answers: `errors` maps the field's name to the sentence beside it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """`errors`: field name -> Chinese sentence."""
        super().__init__("表单有未填或填错的内容，请按提示修改后再提交。")
        self.errors = dict(errors)
