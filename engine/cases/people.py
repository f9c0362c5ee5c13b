"""Whom a rung of the ladder means: the active accounts of an agency by role and unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.ladder import Reached, Reminder
from engine.store.tables import Account


@dataclass(frozen=True, slots=True)
class People:
    """The active accounts of an agency: who holds a role, and who sits in which unit."""

    by_role: Mapping[str, frozenset[int]]
    unit_of: Mapping[int, int | None]

    def holding(self, role: str, unit_id: int | None = None) -> frozenset[int]:
        """Holders of a role, in the unit if it has any."""
        holders = self.by_role.get(role, frozenset())
        return frozenset(one for one in holders if self.unit_of[one] == unit_id) or holders

    def heads_of(self, accounts: Iterable[int]) -> frozenset[int]:
        """The heads of the units in which these people sit; where none of them has one, that of the disclosure office.

        Not the heads of all other units, as `told` has it for a case whose handler is not known yet.
        """
        units = {self.unit_of.get(one) for one in accounts} - {None}
        heads = self.by_role.get("unit_head", frozenset())
        return frozenset(one for one in heads if self.unit_of[one] in units) or self.holding("disclosure_head")

    def told(self, role: str, handler_id: int | None) -> frozenset[int]:
        """Whom a rung means by a role: `handler` the case's own, `unit_head` the head of that person's unit."""
        handler = handler_id if handler_id in self.unit_of else None
        if role == "handler" and handler is not None:
            return frozenset({handler})
        if role == "unit_head" and handler is not None:
            return self.holding(role, self.unit_of[handler])
        return self.holding(role)

    def _all(self, roles: Iterable[str], handler_id: int | None) -> frozenset[int]:
        return frozenset[int]().union(*(self.told(role, handler_id) for role in roles))

    def reminder(
        self,
        reached: Reached,
        *,
        key: str,
        text: str,
        case_id: int | None,
        handler_id: int | None,
        also: Iterable[int] = (),
    ) -> Reminder:
        """The message of a rung. `also`: people told one by one besides; whoever is, gets it in no digest too."""
        single = self._all(reached.tell, handler_id) | (frozenset(also) & self.unit_of.keys())
        digest = self._all(reached.digest, handler_id) - single
        return Reminder(case_id, single | digest, key, text, reached.level, digest, reached.by)


def people_of(session: Session, agency_id: int) -> People:
    """The active accounts of an agency as they are now."""
    accounts = session.scalars(select(Account).where(Account.agency_id == agency_id, Account.active)).all()
    by_role: dict[str, set[int]] = {}
    for account in accounts:
        for held in account.roles:
            by_role.setdefault(held.role, set()).add(account.id)
    return People(
        {role: frozenset(holders) for role, holders in by_role.items()},
        {account.id: account.unit_id for account in accounts},
    )
