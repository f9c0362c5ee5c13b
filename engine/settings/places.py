"""What an installation keeps on disk beside its configuration: the data folder and the session key."""

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
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_text("ascii").strip()
        if len(key) < 32:
            raise SettingsFault(f"会话密钥文件 {file} 已损坏。请删除它后重新启动（所有人需重新登录）。") from None
        return key
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        key = secrets.token_urlsafe(48)
        stream.write(key)
    return key
