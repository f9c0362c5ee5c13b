"""What makes two applicants the same: the number of their proof of identity, else their name however written."""

import unicodedata

from engine.store.tables import Party


def applicant_key(party: Party) -> str:
    """The number of the proof of identity (of a body: its credit code), else the name without spaces."""
    return identity_key(party.id_number) or "".join(party.name.split()).upper()[:200]


def identity_key(number: str | None) -> str:
    """A number of an identity document or a credit code as it is compared."""
    return "".join((number or "").split()).upper()[:200]


def name_key(name: str | None) -> str:
    """A name as it is compared: usual width, capitals, without spaces and brackets' kinds and middle dots."""
    plain = unicodedata.normalize("NFKC", name or "").upper()
    return "".join(mark for mark in plain if not mark.isspace() and mark not in "·・•.")[:200]
