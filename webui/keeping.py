"""Files chosen in the form of a step or an action that is not handed in yet: a refused form does not lose them."""

from flask import request

from engine.cases.documents import Upload
from engine.cases.kept_uploads import Kept, drop_upload, keep_uploads, kept_uploads
from engine.cases.stepform import StepForm
from webui import answering, visit
from webui.reading import whole_number


def form_name(opened: StepForm, action_id: str = "") -> str:
    """The name under which files of this form are kept; "" for a form that asks for none."""
    if all(one.type != "file" for one in opened.form.fields):
        return ""
    if opened.work_item_id is not None:
        return f"step-{opened.work_item_id}"
    return f"action-{opened.case.id if opened.case else 0}-{action_id}"[:40]


def keep(opened: StepForm, name: str) -> dict[str, str]:
    """Keep the files that came with the request; what is wrong with those that are not kept, by field."""
    sent = answering.uploads(opened.form, request.files) if name else {}
    return keep_uploads(visit.desk(), visit.actor(), name, sent) if sent else {}


def keep_sent() -> None:
    """Keep every file of a request that cannot be looked into, under the name that its form carries (`once`)."""
    sent = {
        field: [Upload(one.filename, one.stream) for one in request.files.getlist(field) if one.filename]
        for field in request.files
    }
    name = request.form.get("once", "")[:40]
    if name and any(sent.values()):
        keep_uploads(visit.desk(), visit.actor(), name, sent)


def kept(name: str) -> list[Kept]:
    """What is kept for the form."""
    return kept_uploads(visit.desk(), visit.actor(), name) if name else []


def dropped() -> bool:
    """Whether the request only gives up a kept file; then it is given up."""
    upload_id = whole_number(request.form.get("drop_file"))
    if upload_id is None:
        return False
    drop_upload(visit.desk(), visit.actor(), upload_id)
    return True
