"""What somebody had filled in when the session ended, kept until it has been handed in or given up."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.cases.desk import Desk
from engine.store.tables import Account, FormDraft, KeptUpload

Values = Mapping[str, list[str]]


def keep_draft(desk: Desk, account_id: int, epoch: int, path: str, values: Values) -> bool:
    """Keep the values of the form on `path` (field name -> values), replacing an earlier draft of the same form.

    Answers False and keeps nothing when the account is closed or its sessions were revoked.
    """

    def work(session: Session) -> bool:
        account = session.get(Account, account_id)
        if account is None or not account.active or account.session_epoch != epoch:
            return False
        draft = session.scalar(select(FormDraft).where(FormDraft.account_id == account_id, FormDraft.path == path))
        if draft is None:
            draft = FormDraft(account_id=account_id, path=path)
            session.add(draft)
        draft.data, draft.saved_at = dict(values), desk.now()
        return True

    return desk.write(work)


def draft_paths(desk: Desk, account_id: int) -> list[str]:
    """The pages for which a draft of this account waits."""
    with desk.reading() as session:
        return list(session.scalars(select(FormDraft.path).where(FormDraft.account_id == account_id)))


def read_draft(desk: Desk, account_id: int, path: str) -> Values | None:
    """The draft of this account for this page, or None."""
    with desk.reading() as session:
        return session.scalar(select(FormDraft.data).where(FormDraft.account_id == account_id, FormDraft.path == path))


def drop_draft(desk: Desk, account_id: int, path: str) -> None:
    """Forget the draft of this account for this page, and the files that were kept with it."""

    def work(session: Session) -> None:
        draft = session.scalar(select(FormDraft).where(FormDraft.account_id == account_id, FormDraft.path == path))
        if draft is None:
            return
        form = (draft.data.get("once") or [""])[0]
        session.execute(delete(KeptUpload).where(KeptUpload.account_id == account_id, KeptUpload.form == form))
        session.delete(draft)

    desk.write(work)
