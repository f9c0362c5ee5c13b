"""Templates of letters belong to the office: brought in, checked, kept as versions, one of them in use.

Without a version of the office's own the template that came with the program is used. A new version never touches
issued letters: their files are fixed, and the template they were made from stays stored under its hash.

Letters are known by their `key`. The letters that a case type brings along are replaced in the same way; a case that
began on an older version, whose letter prints other fields, keeps that version's template.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases.audit import record_event
from engine.cases.definitions import case_types, current_definition
from engine.cases.desk import Actor, Desk
from engine.cases.documents import safe_name
from engine.cases.errors import NotFound, Refusal
from engine.cases.own_letters import own_catalog
from engine.cases.permissions import Permission, require
from engine.statute.said import said
from engine.store.files import FileStore
from engine.store.tables import Account, LetterTemplate
from letters import render, samples, templates
from letters.catalog import Catalog, Entry, load
from letters.checking import sample_faults
from letters.templates import FILE_LIMIT, TemplateFault


class TemplateRefused(Refusal):
    """A template that cannot be used; `faults` are its faults, one Chinese sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(said("模板没有通过检查，未予保存：%(names)s。", names="；".join(faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a template; `id` is None for the one that came with the program."""

    id: int | None
    filename: str
    why: str
    uploaded_at: datetime | None
    uploaded_by: str
    sha256: str
    active: bool


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A letter of the catalogue in the list of templates; `case_type` is the title of the one whose own it is."""

    key: str
    case_type: str
    code: str
    title: str
    when: str
    basis: str
    retention_years: int
    versions: int
    own: bool


def template_in_use(session: Session, agency_id: int, entry: Entry, files: FileStore) -> bytes:
    """The bytes of the template that letters are made from now. Raises Refusal when its file is gone."""
    row = session.scalar(
        select(LetterTemplate).where(
            LetterTemplate.agency_id == agency_id, LetterTemplate.code == entry.key, LetterTemplate.active
        )
    )
    try:
        if row is None:
            return render.template_of(entry)
        content = files.read(row.sha256)
        fits = not entry.case_type or not render.contract_faults(entry, templates.parse(content))
        return content if fits else render.template_of(entry)
    except TemplateFault as error:
        raise Refusal(f"{error}。") from error
    except (FileNotFoundError, ValueError) as error:
        raise Refusal(
            said("《%(name)s》模板的存储文件缺失或被改动，请法制人员重新上传，或者启用其他版本。", name=entry.name)
        ) from error


def template_list(desk: Desk, actor: Actor) -> tuple[TemplateLine, ...]:
    """All letters of the catalogue, each with the number of the office's versions and whether one of them is in use.

    After the office's letters come those of its case types, as the newest version of each brings them.
    """
    require(actor, Permission.LETTERS_TEMPLATE_MANAGE)
    with desk.reading() as session:
        rows = session.execute(
            select(LetterTemplate.code, LetterTemplate.active).where(LetterTemplate.agency_id == actor.agency_id)
        ).all()
        titles = {"": ""}
        entries = list(load().letters.values())
        for definition in case_types(session, desk.library):
            titles[definition.case_type.id] = definition.case_type.title
            own = own_catalog(desk, definition)
            entries += own.letters.values() if own is not None else ()
    return tuple(
        TemplateLine(
            entry.key,
            titles[entry.case_type],
            entry.code,
            entry.title,
            entry.when,
            entry.basis,
            entry.retention_years,
            sum(1 for key, _active in rows if key == entry.key),
            any(active for key, active in rows if key == entry.key),
        )
        for entry in entries
    )


def template_versions(desk: Desk, actor: Actor, key: str) -> tuple[Entry, tuple[Version, ...]]:
    """A letter and the versions of its template, newest first, the program's own last. Raises NotFound."""
    require(actor, Permission.LETTERS_TEMPLATE_MANAGE)
    entry, _catalog = _letter(desk, key)
    with desk.reading() as session:
        rows = session.execute(
            select(LetterTemplate, Account.name)
            .join(Account, Account.id == LetterTemplate.uploaded_by)
            .where(LetterTemplate.agency_id == actor.agency_id, LetterTemplate.code == key)
            .order_by(LetterTemplate.id.desc())
        ).all()
    own = [
        Version(row.id, row.filename, row.why, desk.local(row.uploaded_at), name, row.sha256, row.active)
        for row, name in rows
    ]
    built_in = templates.parse(render.template_of(entry)).digest
    first = Version(None, entry.template.name, "", None, "", built_in, not any(one.active for one in own))
    return entry, (*own, first)


def read_template(desk: Desk, actor: Actor, key: str, version_id: int | None) -> tuple[str, bytes]:
    """File name and bytes of a version; None: the program's own. Raises NotFound."""
    require(actor, Permission.LETTERS_TEMPLATE_MANAGE)
    entry, _catalog = _letter(desk, key)
    if version_id is None:
        return f"{entry.code}-{entry.name}.docx", render.template_of(entry)
    with desk.reading() as session:
        row = _version(session, actor, key, version_id)
        try:
            return row.filename, FileStore(desk.files).read(row.sha256)
        except (FileNotFoundError, ValueError) as error:
            raise NotFound("这一版模板的存储文件缺失或被改动，请联系系统管理员核查备份。") from error


def template_faults(desk: Desk, key: str, content: bytes) -> tuple[str, ...]:
    """What keeps these bytes from being the template of a letter, one Chinese sentence each; empty when they fit.

    Unknown and missing fields are named; every sample of the letter is rendered with it, read again and linted, so that
    a wrong authority or remedies that do not fit the decision are found before anything is signed.
    """
    entry, catalog = _letter(desk, key)
    try:
        parsed = templates.parse(content)
    except TemplateFault as error:
        return (str(error),)
    faults = render.contract_faults(entry, parsed)
    if faults:
        return faults
    found = (
        fault for sample in samples.samples(entry, catalog) for fault in sample_faults(entry, sample, catalog, content)
    )
    return tuple(dict.fromkeys(found))


def sample_preview(desk: Desk, actor: Actor, key: str, content: bytes) -> bytes:
    """The letter with typical sample data in this template, marked as a preview. Raises TemplateRefused."""
    require(actor, Permission.LETTERS_TEMPLATE_MANAGE)
    faults = template_faults(desk, key, content)
    if faults:
        raise TemplateRefused(faults)
    entry, catalog = _letter(desk, key)
    sample = next(one for one in samples.samples(entry, catalog) if one.length == "typical")
    return render.preview(entry.code, sample.fields, catalog, content)


def add_template(desk: Desk, actor: Actor, key: str, filename: str, content: bytes, why: str) -> int:
    """Bring in a new version and use it from now on. Raises TemplateRefused naming every fault; then nothing changes.

    Returns the version's id.
    """
    require(actor, Permission.LETTERS_TEMPLATE_MANAGE)
    entry, _catalog = _letter(desk, key)
    if not why.strip():
        raise Refusal("请填写这次修改的原因。")
    if not content:
        raise Refusal("请先选择要上传的模板文件。")
    faults = template_faults(desk, key, content) if len(content) <= FILE_LIMIT else ("模板文件过大",)
    if faults:
        raise TemplateRefused(faults)

    def work(session: Session) -> int:
        sha256 = FileStore(desk.files).keep(content)
        same = session.scalar(
            select(LetterTemplate).where(
                LetterTemplate.agency_id == actor.agency_id,
                LetterTemplate.code == key,
                LetterTemplate.sha256 == sha256,
            )
        )
        if same is not None:
            raise Refusal("这份模板与已有的一个版本完全相同，不需要重新上传；如要使用，请启用那个版本。")
        row = LetterTemplate(
            agency_id=actor.agency_id,
            code=key,
            sha256=sha256,
            size=len(content),
            filename=safe_name(filename),
            why=why.strip()[:500],
            uploaded_at=desk.now(),
            uploaded_by=actor.id,
        )
        session.add(row)
        _use(session, actor, key, row)
        _record(session, desk, actor, "template_added", entry, {"version": row.id, "sha256": sha256, "why": row.why})
        return row.id

    return desk.write(work)


def use_template(desk: Desk, actor: Actor, key: str, version_id: int | None) -> None:
    """Use another version from now on; None: the one that came with the program. Raises NotFound, Refusal."""
    require(actor, Permission.LETTERS_TEMPLATE_MANAGE)
    entry, _catalog = _letter(desk, key)

    def work(session: Session) -> None:
        row = _version(session, actor, key, version_id) if version_id is not None else None
        if row is not None:
            content = read_template(desk, actor, key, version_id)[1]
            faults = template_faults(desk, key, content)
            if faults:
                raise TemplateRefused(faults)
        _use(session, actor, key, row)
        _record(session, desk, actor, "template_used", entry, {"version": version_id})

    desk.write(work)


def _use(session: Session, actor: Actor, key: str, row: LetterTemplate | None) -> None:
    active = session.scalars(
        select(LetterTemplate).where(
            LetterTemplate.agency_id == actor.agency_id, LetterTemplate.code == key, LetterTemplate.active
        )
    )
    for one in active:
        one.active = False
    # The old one first: the database lets only one version of a letter be active.
    session.flush()
    if row is not None:
        row.active = True
        session.flush()


def _record(session: Session, desk: Desk, actor: Actor, action: str, entry: Entry, data: dict[str, object]) -> None:
    told = {"code": entry.key, "name": entry.title, **data}
    record_event(session, actor.agency_id, "templates", actor.author, desk.now(), action, told)


def _letter(desk: Desk, key: str) -> tuple[Entry, Catalog]:
    """The letter of that key and the catalogue it stands in. Raises NotFound."""
    case_type, _dot, code = key.rpartition(".")
    catalog: Catalog | None = load()
    if case_type:
        with desk.reading() as session:
            catalog = own_catalog(desk, current_definition(session, desk.library, case_type))
    if catalog is None or code not in catalog.letters:
        raise NotFound("文书目录中没有这种文书。")
    return catalog[code], catalog


def _version(session: Session, actor: Actor, key: str, version_id: int | None) -> LetterTemplate:
    row = session.get(LetterTemplate, version_id)
    if row is None or row.agency_id != actor.agency_id or row.code != key:
        raise NotFound("没有这一版模板。")
    return row
