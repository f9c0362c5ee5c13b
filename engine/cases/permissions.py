"""What each role may do. Routes name a permission; commands and queries ask again for the object at hand.

The administrator runs the system and sees no case; the auditor reads the audit trail and nothing else
(GB/T 22239-2019: administration and audit are separate roles).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

from engine.cases.desk import Actor
from engine.cases.errors import NotPermitted

ROLES: Mapping[str, str] = {
    "intake": "收件员",
    "handler": "经办人",
    "unit": "协办科室",
    "unit_head": "科室负责人",
    "disclosure_head": "政府信息公开工作机构负责人",
    "secrecy_reviewer": "保密审查员",
    "legal": "法制人员",
    "leader": "分管领导",
    "supervisor": "督办人员",
    "publisher": "发布员",
    "admin": "系统管理员",
    "auditor": "审计员",
}

# These two stand alone: whoever administers or audits holds no other role on the same account.
SOLITARY_ROLES = frozenset({"admin", "auditor"})


class Permission(StrEnum):
    """`scope:resource:action`, sorted."""

    ADMIN_ACCOUNTS_MANAGE = "admin:accounts:manage"
    ADMIN_CALENDAR_MANAGE = "admin:calendar:manage"
    ADMIN_DEFINITIONS_MANAGE = "admin:definitions:manage"
    ADMIN_OUTBOX_MANAGE = "admin:outbox:manage"
    ADMIN_SYSTEM_READ = "admin:system:read"
    ADMIN_TEMPLATES_READ = "admin:templates:read"
    ADMIN_UNITS_MANAGE = "admin:units:manage"
    AUDIT_TRAIL_READ = "audit:trail:read"
    CASES_ACTION_TAKE = "cases:action:take"
    CASES_CASE_CONFIDE = "cases:case:confide"
    CASES_CASE_READ = "cases:case:read"
    CASES_CASE_REGISTER = "cases:case:register"
    CASES_CASE_REMIND = "cases:case:remind"
    CASES_CASE_WATCH = "cases:case:watch"
    CASES_COMMENT_WRITE = "cases:comment:write"
    CASES_DOCUMENT_READ = "cases:document:read"
    CASES_EXPORT_MAKE = "cases:export:make"
    CASES_LEDGER_CORRECT = "cases:ledger:correct"
    CASES_LINK_MANAGE = "cases:link:manage"
    CASES_PERSONAL_REVEAL = "cases:personal:reveal"
    CASES_PUBLICATION_APPROVE = "cases:publication:approve"
    CASES_PUBLICATION_PROPOSE = "cases:publication:propose"
    CASES_PUBLICATION_PUBLISH = "cases:publication:publish"
    CASES_PUBLICATION_READ = "cases:publication:read"
    CASES_REVIEW_MANAGE = "cases:review:manage"
    CASES_REVIEW_READ = "cases:review:read"
    CASES_SEVERANCE_MAKE = "cases:severance:make"
    CASES_STEP_COMPLETE = "cases:step:complete"
    CASES_STEP_REASSIGN = "cases:step:reassign"
    CLOCK_CALCULATOR_USE = "clock:calculator:use"
    CLOCK_CALENDAR_READ = "clock:calendar:read"
    LETTERS_FILE_MAKE = "letters:file:make"
    LETTERS_LETTER_VOID = "letters:letter:void"
    LETTERS_REGISTER_READ = "letters:register:read"
    LETTERS_TEMPLATE_MANAGE = "letters:template:manage"
    OFFICE_CASES_READ = "office:cases:read"
    REPORTS_ANNUAL_READ = "reports:annual:read"
    REPORTS_MEASURES_READ = "reports:measures:read"
    SELF_ACCOUNT_MANAGE = "self:account:manage"
    SELF_INBOX_READ = "self:inbox:read"
    SPOT_LIST_MANAGE = "spot:list:manage"
    SPOT_LIST_READ = "spot:list:read"
    SUPERVISION_BOARD_READ = "supervision:board:read"
    SUPERVISION_ITEM_READ = "supervision:item:read"


_P = Permission

# Everybody who logs in.
_SELF = frozenset({_P.SELF_ACCOUNT_MANAGE, _P.SELF_INBOX_READ})
# Everybody who works on cases; which cases is decided case by case (engine.cases.access).
_CASE_WORK = _SELF | {
    _P.CASES_ACTION_TAKE,
    _P.CASES_CASE_READ,
    _P.CASES_CASE_WATCH,
    _P.CASES_COMMENT_WRITE,
    _P.CASES_DOCUMENT_READ,
    _P.CASES_STEP_COMPLETE,
    _P.CLOCK_CALCULATOR_USE,
    _P.CLOCK_CALENDAR_READ,
    _P.SPOT_LIST_READ,
    _P.SUPERVISION_ITEM_READ,
}
_OFFICE = _CASE_WORK | {
    _P.CASES_EXPORT_MAKE,
    _P.CASES_PUBLICATION_READ,
    _P.CASES_REVIEW_READ,
    _P.LETTERS_REGISTER_READ,
    _P.OFFICE_CASES_READ,
}

_GRANTED: Mapping[str, frozenset[Permission]] = {
    "intake": _OFFICE | {_P.CASES_CASE_REGISTER, _P.CASES_LINK_MANAGE, _P.CASES_PERSONAL_REVEAL, _P.LETTERS_FILE_MAKE},
    "handler": _OFFICE
    | {
        _P.CASES_CASE_CONFIDE,
        _P.CASES_CASE_REGISTER,
        _P.CASES_LINK_MANAGE,
        _P.CASES_PERSONAL_REVEAL,
        _P.CASES_SEVERANCE_MAKE,
        _P.CASES_STEP_REASSIGN,
        _P.LETTERS_FILE_MAKE,
        _P.REPORTS_ANNUAL_READ,
        _P.REPORTS_MEASURES_READ,
    },
    "unit": _CASE_WORK,
    "unit_head": _CASE_WORK | {_P.CASES_STEP_REASSIGN},
    "disclosure_head": _OFFICE
    | {
        _P.CASES_CASE_CONFIDE,
        _P.CASES_CASE_REMIND,
        _P.CASES_LEDGER_CORRECT,
        _P.CASES_LINK_MANAGE,
        _P.CASES_PERSONAL_REVEAL,
        _P.CASES_PUBLICATION_APPROVE,
        _P.CASES_PUBLICATION_PROPOSE,
        _P.CASES_STEP_REASSIGN,
        _P.REPORTS_ANNUAL_READ,
        _P.REPORTS_MEASURES_READ,
        _P.SPOT_LIST_MANAGE,
        _P.SUPERVISION_BOARD_READ,
    },
    "secrecy_reviewer": _CASE_WORK,
    "legal": _OFFICE
    | {
        _P.CASES_LINK_MANAGE,
        _P.CASES_PERSONAL_REVEAL,
        _P.CASES_PUBLICATION_PROPOSE,
        _P.CASES_REVIEW_MANAGE,
        _P.CASES_SEVERANCE_MAKE,
        _P.LETTERS_FILE_MAKE,
        _P.LETTERS_LETTER_VOID,
        _P.LETTERS_TEMPLATE_MANAGE,
        _P.REPORTS_ANNUAL_READ,
        _P.REPORTS_MEASURES_READ,
    },
    "leader": _OFFICE
    | {
        _P.CASES_CASE_CONFIDE,
        _P.CASES_CASE_REMIND,
        _P.REPORTS_ANNUAL_READ,
        _P.REPORTS_MEASURES_READ,
        _P.SUPERVISION_BOARD_READ,
    },
    "supervisor": _OFFICE
    | {
        _P.CASES_CASE_REMIND,
        _P.CASES_LEDGER_CORRECT,
        _P.CASES_STEP_REASSIGN,
        _P.REPORTS_ANNUAL_READ,
        _P.REPORTS_MEASURES_READ,
        _P.SUPERVISION_BOARD_READ,
    },
    "publisher": _CASE_WORK | {_P.CASES_PUBLICATION_PUBLISH, _P.CASES_PUBLICATION_READ},
    "admin": _SELF
    | {
        _P.ADMIN_ACCOUNTS_MANAGE,
        _P.ADMIN_CALENDAR_MANAGE,
        _P.ADMIN_DEFINITIONS_MANAGE,
        _P.ADMIN_OUTBOX_MANAGE,
        _P.ADMIN_SYSTEM_READ,
        _P.ADMIN_TEMPLATES_READ,
        _P.ADMIN_UNITS_MANAGE,
        _P.CLOCK_CALCULATOR_USE,
        _P.CLOCK_CALENDAR_READ,
    },
    "auditor": frozenset({_P.AUDIT_TRAIL_READ, _P.SELF_ACCOUNT_MANAGE}),
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Everything that the holder of these roles may do; an unknown role grants nothing."""
    return _together(frozenset(roles))


@lru_cache(maxsize=64)  # a page asks some sixty times, for one and the same roles
def _together(roles: frozenset[str]) -> frozenset[Permission]:
    return frozenset().union(*(_GRANTED.get(role, frozenset()) for role in roles))


def permits(actor: Actor, *permissions: Permission) -> bool:
    """Whether the actor holds at least one of `permissions`."""
    return not permissions_of(actor.roles).isdisjoint(permissions)


def require(actor: Actor, *permissions: Permission) -> None:
    """Raise NotPermitted unless the actor holds one of `permissions`."""
    if not permits(actor, *permissions):
        raise NotPermitted("您的角色没有这项权限。如确需办理，请联系系统管理员。")
