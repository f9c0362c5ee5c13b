"""The left menu: one list, shown to each person as far as the routes' own permissions reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _l

from engine.cases.permissions import permissions_of
from webui import visit
from webui.frame import known_kinds
from webui.guard import declared


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the endpoint it opens, its title and icon (a name of frontend/icons.txt), its tab or kind of cases.

    `pages`: endpoints of other pages that belong to it, besides those of its blueprint that no other entry has.
    """

    endpoint: str
    title: Any
    icon: str
    tab: str = ""
    kind: str = ""
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    title: Any
    entries: tuple[Entry, ...]


_AT_WORK = ("work.step", "work.reassign", "batch.hand_over")
_ABOUT_A_CASE = ("ledger.correct", "around.access", "severance.show")
_REMINDING = ("supervision.new_reminder", "supervision.remind", "supervision.answer")
_ITEMS = ("supervision.new_item", "supervision.open_item", "supervision.report_item", "supervision.close_item")

# The first entry that somebody may open is also the page after the login.
MENU: tuple[Group, ...] = (
    Group(
        _l("办件"),
        (
            Entry("work.index", _l("待办"), "list-check", "todo", pages=_AT_WORK),
            Entry("work.index", _l("待签"), "inbox", "claim"),
            Entry("work.index", _l("已办"), "clock-history", "done"),
            Entry("work.index", _l("办结"), "archive", "closed"),
            Entry("register.index", _l("登记"), "folder-plus", pages=("cases.registered",)),
            Entry("receipts.index", _l("打印回执"), "printer"),
            Entry("cases.index", _l("全部办件"), "folder", pages=_ABOUT_A_CASE),
            Entry("search.index", _l("全文检索"), "search"),
        ),
    ),
    Group(
        _l("督查"),
        (
            Entry("supervision.index", _l("督查台"), "bar-chart"),
            Entry("supervision.due", _l("到期日程"), "calendar-check"),
            Entry("supervision.reminders", _l("催办"), "bell", pages=_REMINDING),
            Entry("supervision.items", _l("督办事项"), "clipboard-check", pages=_ITEMS),
            Entry("measures.index", _l("办理统计"), "table"),
            Entry("overview.index", _l("流程总览"), "diagram-3"),
        ),
    ),
    Group(
        _l("系统管理"),
        (
            Entry("accounts.index", _l("账号"), "people", pages=("leave.of_account",)),
            Entry("units.index", _l("科室"), "building"),
            Entry("processes.index", _l("流程版本"), "diagram-3"),
            Entry("outbox.index", _l("发送队列"), "send"),
        ),
    ),
    Group(_l("审计"), (Entry("trail.index", _l("审计记录"), "shield-check"),)),
    Group(
        _l("查询"),
        (
            Entry("letters.index", _l("文号登记簿"), "hash"),
            Entry("outgoing.index", _l("打印和交寄"), "printer"),
            Entry("templates.index", _l("文书模板"), "file-earmark-word"),
            Entry("case_registers.index", _l("台账"), "journal-text"),
            Entry("reviews.index", _l("复议诉讼"), "journal-text"),
            Entry("publications.index", _l("转为主动公开"), "globe"),
            Entry("spot.index", _l("当场答复清单"), "list-ul"),
            Entry("clock.index", _l("期限推算"), "stopwatch"),
            Entry("calendar.index", _l("日历"), "calendar-event"),
        ),
    ),
    Group(
        _l("我的"),
        (
            Entry("inbox.index", _l("消息"), "bell"),
            Entry("leave.index", _l("请假代理"), "calendar-x"),
            Entry("entry.password", _l("修改口令"), "key"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry ready for the template."""

    url: str
    title: Any
    icon: str
    endpoint: str
    tab: str
    current: bool


def visible_menu() -> list[tuple[Any, list[Shown]]]:
    """The groups and entries that whoever is logged in may open."""
    here = request.endpoint or ""
    here = next((entry.endpoint for group in MENU for entry in group.entries if here in entry.pages), here)
    listed = {entry.endpoint for group in MENU for entry in group.entries}
    # A page without an entry of its own belongs to the first one of its desk.
    desk = "" if here in listed else f"{here.partition('.')[0]}.index"
    below, shown = request.script_root, []
    for group in MENU:
        entries = [
            Shown(
                url=_address(below, entry.endpoint, entry.tab, entry.kind),
                title=entry.title,
                icon=entry.icon,
                endpoint=entry.endpoint,
                tab=entry.tab,
                current=_current(entry, here, desk),
            )
            for entry in _open(group.entries)
        ]
        if entries:
            shown.append((group.title, entries))
    return shown


@lru_cache(maxsize=256)  # made once: to make them anew takes as long as a query of the page
def _address(_below: str, endpoint: str, tab: str, kind: str) -> str:
    """The address of an entry in an application that stands `_below` this path."""
    return url_for(endpoint, tab=tab or None, kind=kind or None)


def _open(entries: tuple[Entry, ...]) -> Iterator[Entry]:
    """The entries that are open to whoever is logged in, with one for each kind of case behind the list of all."""
    held = permissions_of(visit.actor().roles)
    for entry in entries:
        wanted = declared(current_app, entry.endpoint)
        if wanted is None or held.isdisjoint(wanted):
            continue
        yield entry
        if entry.endpoint == "cases.index":
            known = known_kinds()
            if len(known) > 1:
                yield from (Entry(entry.endpoint, one.words.title, "file-earmark-text", kind=one.id) for one in known)


def _current(entry: Entry, here: str, desk: str) -> bool:
    if here == entry.endpoint == "cases.index":
        return entry.kind == request.args.get("kind", "")
    if entry.kind:
        return False
    if entry.tab and here == entry.endpoint:
        first = next(one.tab for group in MENU for one in group.entries if one.endpoint == entry.endpoint)
        return entry.tab == request.args.get("tab", first)
    return entry.endpoint in {here, desk} and not entry.tab


def home_url() -> str:
    """Where somebody starts: the first page that is open to him."""
    return next((entry.url for _title, entries in visible_menu() for entry in entries), url_for("entry.password"))
