"""What can be wrong with a case type, a saved state or a command to the process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of a case type.

    Attributes:
        file: path inside the case type's folder.
        element: id of the element, field or key; empty when the whole file is meant.
        what: what is wrong; how: how to mend it (Chinese sentences).
    """

    file: str
    element: str
    what: str
    how: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.element}" if self.element else self.file
        return f"{place}: {self.what} {self.how}"


class DefinitionFault(Exception):
    """A case type that cannot be run, or that turned out faulty while it ran; `fault` says where and why.

    `faults` holds every fault found in the same pass, the first one first.
    """

    def __init__(self, *faults: Fault) -> None:
        """`faults`: at least one."""
        super().__init__(str(faults[0]))
        self.fault = faults[0]
        self.faults = faults


class StaleToken(Exception):
    """The token no longer waits: the step is done, recalled or its timer cancelled."""


class NotWaiting(Exception):
    """Nothing in the case waits for this message; it is not kept for later."""


class StateFault(Exception):
    """A saved state that cannot be read: unknown format, damaged, or of another definition."""
