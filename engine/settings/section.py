"""What every section of `config.toml` has in common."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S.*$")]


class Section(BaseModel):
    """A table of the configuration: frozen, without unknown keys, without silent conversions."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", strict=True)
