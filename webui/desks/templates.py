"""Templates of letters: list, versions, check, preview, upload."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.cases import template_versions
from engine.cases.errors import NotFound, NotPermitted, Refusal
from engine.cases.permissions import Permission
from engine.cases.template_versions import TemplateRefused
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


@pages.get("/<code>")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def show(code: str) -> str:
    """One letter: its fields, and the versions of its template."""
    return _page(code)


@pages.get("/<code>/file")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def file(code: str) -> Response:
    """A version's file; `version` absent: the one that came with the program."""
    version = whole_number(request.args.get("version"))
    name, content = template_versions.read_template(visit.desk(), visit.actor(), code, version)
    return download(content, name, DOCX)


@pages.get("/<code>/preview")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def preview(code: str) -> Response:
    """A version filled with sample data."""
    version = whole_number(request.args.get("version"))
    _name, content = template_versions.read_template(visit.desk(), visit.actor(), code, version)
    return _preview(code, content)


def _preview(code: str, content: bytes) -> Response:
    made = template_versions.sample_preview(visit.actor(), code, content)
    return download(made, _("预览-%(code)s.docx", code=code), DOCX)


@pages.post("/<code>")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def upload(code: str) -> str | Answer | Response | tuple[str, int]:
    """Check a template, show it with sample data, or bring it in as the version in use."""
    desk, actor, given = visit.desk(), visit.actor(), request.form
    sent = request.files.get("template")
    content = sent.stream.read(FILE_LIMIT + 1) if sent is not None else b""
    do = given.get("do")
    try:
        if not content:
            raise Refusal("请先选择要上传的模板文件。")
        if do == "preview":
            return _preview(code, content)
        if do == "check":
            faults = template_versions.template_faults(code, content)
            return _page(code, faults=faults, checked=True), 422 if faults else 200
        template_versions.add_template(
            desk, actor, code, (sent.filename or "") if sent else "", content, given.get("why", "")
        )
    except TemplateRefused as refused:
        return _page(code, faults=refused.faults), 422
    except (NotFound, NotPermitted):
        raise
    except Refusal as refused:
        return _page(code, faults=(str(refused),)), 422
    flash(_("新模板已启用。已经出具的文书不受影响。"), "success")
    return redirect(url_for("templates.show", code=code), 303)


@pages.post("/<code>/use")
@needs(Permission.LETTERS_TEMPLATE_MANAGE)
def use(code: str) -> Answer:
    """Use another version from now on."""
    template_versions.use_template(visit.desk(), visit.actor(), code, whole_number(request.form.get("version")))
    flash(_("已启用所选版本。"), "success")
    return redirect(url_for("templates.show", code=code), 303)


def _page(code: str, faults: tuple[str, ...] = (), *, checked: bool = False) -> str:
    entry, versions = template_versions.template_versions(visit.desk(), visit.actor(), code)
    return render_template(
        "desks/letter_template.html",
        entry=entry,
        versions=versions,
        values=visit.kept(request.form),
        faults=faults,
        passed=checked and not faults,
    )
