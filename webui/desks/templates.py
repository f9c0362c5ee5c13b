"""Templates of letters: list, versions, check, preview, upload."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import template_versions
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.permissions import Permission
from engine.cases.template_versions import TemplateRefused
from letters.sheet_view import sheet_view
from letters.templates import FILE_LIMIT
from webui import visit
from webui.desks.work import DOCX, download
from webui.guard import needs
from webui.reading import whole_number
from webui.speech import gettext as _

pages = Blueprint("templates", __name__, url_prefix="/letter-templates")


@pages.get("")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def index() -> str:
    """Every letter of the catalogue."""
    return render_template(
        "desks/letter_templates.html", lines=template_versions.template_list(visit.desk(), visit.actor())
    )


@pages.get("/<key>")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def show(key: str) -> str:
    """One letter: its fields, and the versions of its template."""
    return _page(key)


@pages.get("/<key>/file")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def file(key: str) -> Response:
    """A version's file; `version` absent: the one that came with the program."""
    version = whole_number(request.args.get("version"))
    name, content = template_versions.read_template(visit.desk(), visit.actor(), key, version)
    return download(content, name, DOCX)


@pages.get("/<key>/preview")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def preview(key: str) -> str | Response:
    """A version filled with sample data, to be read here or (`as=docx`) in Word."""
    version = whole_number(request.args.get("version"))
    _name, content = template_versions.read_template(visit.desk(), visit.actor(), key, version)
    made = template_versions.sample_preview(visit.desk(), visit.actor(), key, content)
    if request.args.get("as") == "docx":
        return download(made, _("预览-%(code)s.docx", code=key), DOCX)
    return _sheet(key, made, version)


def _sheet(key: str, made: bytes, version: int | None = None, *, uploaded: bool = False) -> str:
    entry, _versions = template_versions.template_versions(visit.desk(), visit.actor(), key)
    return render_template(
        "desks/template_preview.html", entry=entry, sheet=sheet_view(made), version=version, uploaded=uploaded
    )


@pages.post("/<key>")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def upload(key: str) -> str | Answer | Response | tuple[str, int]:
    """Check a template, show it with sample data, or bring it in as the version in use."""
    desk, actor, given = visit.desk(), visit.actor(), request.form
    sent = request.files.get("template")
    content = sent.stream.read(FILE_LIMIT + 1) if sent is not None else b""
    do = given.get("do")
    try:
        if not content:
            raise Refusal("请先选择要上传的模板文件。")
        if do == "preview":
            return _sheet(key, template_versions.sample_preview(desk, actor, key, content), uploaded=True)
        if do == "check":
            faults = template_versions.template_faults(desk, key, content)
            return _page(key, faults=faults, checked=True), 422 if faults else 200
        template_versions.add_template(
            desk, actor, key, (sent.filename or "") if sent else "", content, given.get("why", "")
        )
    except TemplateRefused as refused:
        return _page(key, faults=refused.faults), 422
    except (NotFound, NotPermitted):
        raise
    except Refusal as refused:
        return _page(key, faults=(str(refused),)), 422
    flash(_("新模板已启用。已经出具的文书不受影响。"), "success")
    return redirect(url_for("templates.show", key=key), 303)


@pages.post("/<key>/use")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def use(key: str) -> Answer:
    """Use another version from now on."""
    template_versions.use_template(visit.desk(), visit.actor(), key, whole_number(request.form.get("version")))
    flash(_("已启用所选版本。"), "success")
    return redirect(url_for("templates.show", key=key), 303)


def _page(key: str, faults: tuple[str, ...] = (), *, checked: bool = False) -> str:
    entry, versions = template_versions.template_versions(visit.desk(), visit.actor(), key)
    return render_template(
        "desks/letter_template.html",
        entry=entry,
        versions=versions,
        values=visit.kept(request.form),
        faults=faults,
        passed=checked and not faults,
    )
