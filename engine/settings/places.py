"""What an installation keeps on disk beside its configuration: the data folder and the session key."""

import contextlib
import os
import secrets
from pathlib import Path

from sqlalchemy.engine import make_url

from engine.settings.models import Settings
from engine.settings.reading import SettingsFault


def prepare(settings: Settings) -> None:
    """Make the data folder, readable by its owner only, and the folder of an SQLite file. Raises SettingsFault."""
    folders = [Path(settings.data_dir)]
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        folders.append(Path(url.database).parent)
    for folder in folders:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsFault(f"无法建立数据目录 {folder}：{error.strerror}。请检查 data_dir 和目录权限。") from error


def session_key(settings: Settings) -> str:
    """The secret that signs session cookies: made at the first start, kept with mode 600, never configured."""
    prepare(settings)
    file = Path(settings.data_dir) / "session.key"
    if not file.exists():
        _make_key(file)
    key = file.read_text("ascii").strip()
    if len(key) < 32:
        raise SettingsFault(f"会话密钥文件 {file} 已损坏。请删除它后重新启动（所有人需重新登录）。")
    return key


def _make_key(file: Path) -> None:
    """Written aside and linked into place, so that of two first starts one wins and neither reads half a key."""
    aside = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):
        os.link(aside, file)
    aside.unlink()
