"""A backup brings everything back, on either database, or nothing at all."""

import io
import json
import re
import shutil
import stat
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select, text

from engine.cases.desk import open_desk
from engine.cases.storage_check import verify_office
from engine.cli.app import yishen
from engine.demo.stories import office_book
from engine.store.backup import write_backup
from engine.store.files import FileStore
from engine.store.migrate import newest_revision
from engine.store.session import open_engine
from engine.store.tables import Case
from engine.store.walk import filled_table, snapshot, tables, tally
from tests.office import ROOT, STRAIGHT, Clock, Office, office_settings
from tests.told import AFTER_ALL, Told, tell_stories

# Letters, attachments, consultations, a correction that waits for its timer, work in hand, an archived case.
STORIES = ("R02", "R16", "P02", "P12", "P14")


def run(*words):
    return CliRunner().invoke(yishen, [str(word) for word in words])


def place(folder: Path, url: str):
    """An office's place: its configuration, database and data folder."""
    folder.mkdir(exist_ok=True)
    config = (ROOT / "config.toml").read_text("utf-8").replace('data_dir = "var"', f'data_dir = "{folder / "var"}"')
    (folder / "config.toml").write_text(config, "utf-8")
    assert str(folder / "var") in config
    return SimpleNamespace(
        url=url, data=folder / "var", options=("--config", folder / "config.toml", "--database-url", url)
    )


def tallies(url):
    engine = open_engine(url)
    try:
        with snapshot(engine) as connection:
            return {table.name: tally(connection, table) for table in tables()}
    finally:
        engine.dispose()


def stored(data):
    files = FileStore(data / "files")
    return {sha256: files.read(sha256) for sha256 in files.each()}


@pytest.fixture(scope="module")
def sources(sqlite_template, postgresql_database, tmp_path_factory):
    """The same office on SQLite and, copied with `yishen db copy`, on PostgreSQL."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copyfile(sqlite_template, folder / "yishen.db")
    lite = place(folder, f"sqlite:///{folder / 'yishen.db'}")
    told = tell_stories(lite.url, lite.data, STORIES, AFTER_ALL)
    told.desk.sessions.engine.dispose()
    heavy = place(tmp_path_factory.mktemp("heavy"), postgresql_database())
    shutil.copytree(lite.data, heavy.data)
    answer = run("db", "copy", "--from", lite.url, "--to", heavy.url)
    assert answer.exit_code == 0, answer.stderr
    assert "逐行核对一致" in answer.stdout
    return {"sqlite": lite, "postgresql": heavy}


@pytest.fixture
def empty(tmp_path, postgresql_url, postgresql_database):
    """Call it with a kind of database for an empty place."""

    def make(kind):
        url = f"sqlite:///{tmp_path / 'restored.db'}" if kind == "sqlite" else postgresql_database()
        return place(tmp_path / "restored", url)

    return make


@pytest.fixture
def backup(sources, tmp_path):
    """A backup of the SQLite office."""
    answer = run("backup", tmp_path / "office.tar", *sources["sqlite"].options)
    assert answer.exit_code == 0, answer.stderr
    return tmp_path / "office.tar"


def as_office(of):
    clock = Clock(AFTER_ALL)
    desk = open_desk(office_settings(of.url, of.data), now=clock)
    told = Told(desk, {})
    people = {person["username"]: told.actor(person["username"]) for person in office_book()["accounts"]}
    return Office(desk, clock, people)


def test_a_copy_on_the_other_database_is_the_same(sources):
    assert tallies(sources["sqlite"].url) == tallies(sources["postgresql"].url)


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_everything_comes_back_and_work_goes_on(sources, empty, tmp_path, source, target):
    of, to = sources[source], empty(target)
    file = tmp_path / "office.tar"
    answer = run("backup", file, *of.options)
    assert answer.exit_code == 0, answer.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    answer = run("restore", file, "--verify", *to.options)
    assert answer.exit_code == 0, answer.stderr
    assert "核对无误" in answer.stdout
    assert tallies(to.url) == tallies(of.url)
    assert stored(to.data) == stored(of.data)
    office = as_office(to)
    with office.desk.reading() as session:
        running = session.scalars(select(Case.id).where(Case.archived_at.is_(None)).order_by(Case.id)).all()
        signed = next(case for case in running if office.waiting(case) == ["issue_reply"])
        assert len(running) == 3
    office.advance(signed)
    assert office.case(signed).archived_at is not None
    # New rows get new keys, the next number follows the last one.
    case = office.register(unit=None)
    office.do("completeness", case=case.case_id, **STRAIGHT["completeness"])
    with office.desk.reading() as session:
        assert verify_office(session, FileStore(office.desk.files)).faults == ()
    office.desk.sessions.engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_work_that_goes_on_meanwhile_is_not_half_in_it(sources, empty, tmp_path, kind):
    """A case is registered after some tables have been read: it is in none of them."""
    to = place(tmp_path / "copy", empty("sqlite").url if kind == "sqlite" else empty("postgresql").url)
    assert run("backup", tmp_path / "first.tar", *sources["sqlite"].options).exit_code == 0
    assert run("restore", tmp_path / "first.tar", *to.options).exit_code == 0
    office, engine = as_office(to), open_engine(to.url)
    begun = []

    @event.listens_for(engine, "before_cursor_execute")
    def _meanwhile(_connection, _cursor, statement, *_rest):
        if "FROM account" in statement and not begun:
            begun.append(office.register().case_id)

    done = write_backup(
        engine, FileStore(office.desk.files), tmp_path / "second.tar", office.clock(), newest_revision()
    )
    engine.dispose()
    assert begun
    assert done.tables == tallies(sources["sqlite"].url)
    assert tallies(to.url) != done.tables, "the case is in the database"
    office.desk.sessions.engine.dispose()
    again = place(tmp_path / "again", f"sqlite:///{tmp_path / 'again.db'}")
    assert run("restore", tmp_path / "second.tar", "--verify", *again.options).exit_code == 0


def test_only_an_empty_place_is_filled(sources, backup, empty, tmp_path):
    to = empty("sqlite")
    assert run("restore", backup, *to.options).exit_code == 0
    answer = run("restore", backup, *to.options)
    assert answer.exit_code == 2
    assert "中已经有文件" in answer.stderr
    shutil.rmtree(to.data / "files")
    answer = run("restore", backup, *to.options)
    assert answer.exit_code == 2
    assert "数据库不是空的" in answer.stderr
    assert not (to.data / "files").exists()
    answer = run("backup", backup, *sources["sqlite"].options)
    assert answer.exit_code == 2
    assert "已经存在" in answer.stderr


def rewritten(source, target, change):
    """A copy of a backup with its members passed through `change(name, content) -> content or None`."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for entry in old:
            content = change(entry.name, old.extractfile(entry).read())
            if content is not None:
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))
    return target


def without(wanted):
    return lambda name, content: None if wanted in name else content


def flipped(wanted):
    def change(name, content):
        if wanted not in name:
            return content
        middle = len(content) // 2
        return content[:middle] + bytes([content[middle] ^ 0x40]) + content[middle + 1 :]

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("manifest"), "没有写完"),
        (without("about"), "不是本系统的备份"),
        (without("tables/case_event"), "与清单不一致"),
        (without("tables/lease"), "与清单不一致"),
        (without("files/"), "文件与清单不一致"),
        (flipped("tables/case_event"), "备份"),
        (flipped("files/"), "文件与清单不一致"),
        (lambda _name, content: content.replace(b'"format": 1', b'"format": 7'), "第 7 版格式"),
        (lambda _name, content: re.sub(rb'("revision": )"[0-9]+"', rb'\1"0000"', content), "0000"),
        (lambda name, content: b"{" if name == "manifest.json" else content, "清单已经损坏"),
    ],
)
def test_a_damaged_backup_leaves_nothing_behind(backup, empty, tmp_path, change, words):
    to = empty("sqlite")
    bad = rewritten(backup, tmp_path / "bad.tar", change)
    answer = run("restore", bad, *to.options)
    assert answer.exit_code == 2
    assert words in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not (to.data / "files").exists()
    assert [one for one in to.data.iterdir() if one.name.startswith(".restoring")] == []
    engine = open_engine(to.url)
    with engine.connect() as connection:
        assert filled_table(connection) is None
    engine.dispose()
    assert run("restore", backup, *to.options).exit_code == 0, "the place is still empty"


def test_a_backup_that_was_cut_off_is_refused(backup, empty, tmp_path):
    to = empty("sqlite")
    content = backup.read_bytes()
    for length in (0, 100, len(content) // 3, len(content) - 11_000):
        (tmp_path / "cut.tar").write_bytes(content[:length])
        answer = run("restore", tmp_path / "cut.tar", *to.options)
        assert answer.exit_code == 2, length
        assert "请用另一份备份" in answer.stderr or "不是本系统的备份" in answer.stderr


def test_a_file_that_is_damaged_in_the_office_is_named_and_still_backed_up(sources, empty, tmp_path):
    of = place(tmp_path / "damaged", f"sqlite:///{tmp_path / 'damaged.db'}")
    assert run("backup", tmp_path / "good.tar", *sources["sqlite"].options).exit_code == 0
    assert run("restore", tmp_path / "good.tar", *of.options).exit_code == 0
    files = FileStore(of.data / "files")
    sha256 = next(files.each())
    files.path(sha256).write_bytes(b"something else")
    answer = run("backup", tmp_path / "bad.tar", *of.options)
    assert answer.exit_code == 1
    assert sha256 in answer.stderr
    to = empty("sqlite")
    answer = run("restore", tmp_path / "bad.tar", "--verify", *to.options)
    assert answer.exit_code == 2
    assert "没有恢复" in answer.stderr
    assert run("restore", tmp_path / "bad.tar", *to.options).exit_code == 0


def test_a_broken_audit_trail_is_not_restored_as_if_it_were_whole(sources, empty, tmp_path):
    of = place(tmp_path / "forged", f"sqlite:///{tmp_path / 'forged.db'}")
    assert run("backup", tmp_path / "good.tar", *sources["sqlite"].options).exit_code == 0
    assert run("restore", tmp_path / "good.tar", *of.options).exit_code == 0
    engine = open_engine(of.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE case_event SET actor_name = '某人' WHERE id = 40"))
    engine.dispose()
    assert run("backup", tmp_path / "forged.tar", *of.options).exit_code == 0
    answer = run("restore", tmp_path / "forged.tar", "--verify", *empty("postgresql").options)
    assert answer.exit_code == 2
    assert "审计记录不完好" in answer.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("restore", "none.tar"), "没有文件 none.tar"),
        (("backup", "nowhere/office.tar"), "没有文件夹 nowhere"),
        (("db", "copy", "--from", "mysql://x", "--to", "sqlite:///y"), "数据库地址应为"),
        (("db", "copy", "--from", "sqlite:///y", "--to", "sqlite:///y"), "同一个"),
        (("db", "copy", "--from", "sqlite:///none.db", "--to", "sqlite:///y"), "请先运行 yishen db upgrade"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(sources, words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = () if words[0] == "db" else sources["sqlite"].options
    if words[0] == "restore":
        options = place(tmp_path / "x", f"sqlite:///{tmp_path / 'x.db'}").options
    answer = run(*words, *options)
    assert answer.exit_code == 2
    assert told in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert not Path("none.db").exists()


def test_a_filled_database_is_not_copied_over(sources):
    answer = run("db", "copy", "--from", sources["sqlite"].url, "--to", sources["postgresql"].url)
    assert answer.exit_code == 2
    assert "目标数据库不是空的" in answer.stderr


def test_the_copy_goes_back_to_sqlite(sources, tmp_path):
    url = f"sqlite:///{tmp_path / 'back.db'}"
    assert run("db", "copy", "--from", sources["postgresql"].url, "--to", url).exit_code == 0
    assert tallies(url) == tallies(sources["sqlite"].url)


def test_a_copy_whose_source_was_forged_is_not_kept(sources, tmp_path):
    url = f"sqlite:///{tmp_path / 'forged.db'}"
    assert run("db", "copy", "--from", sources["sqlite"].url, "--to", url).exit_code == 0
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM case_event WHERE id = (SELECT min(id) FROM case_event WHERE case_id > 0)"))
    engine.dispose()
    target = f"sqlite:///{tmp_path / 'target.db'}"
    answer = run("db", "copy", "--from", url, "--to", target)
    assert answer.exit_code == 2
    assert "审计记录不完好" in answer.stderr
    engine = open_engine(target)
    with engine.connect() as connection:
        assert filled_table(connection) is None
    engine.dispose()


def test_what_is_stored_is_checked(sources, empty, backup):
    answer = run("db", "check", *sources["postgresql"].options)
    assert answer.exit_code == 0
    assert "全部完好" in answer.stdout
    to = empty("sqlite")
    assert run("restore", backup, *to.options).exit_code == 0
    engine = open_engine(to.url)
    with engine.begin() as connection:
        sha256 = connection.scalar(text("SELECT sha256 FROM document ORDER BY id LIMIT 1"))
        connection.execute(text("UPDATE process_definition SET files = x'00' WHERE case_type = 'disclosure_request'"))
    engine.dispose()
    FileStore(to.data / "files").path(sha256).unlink()
    answer = run("db", "check", *to.options)
    assert answer.exit_code == 1
    assert sha256 in answer.stdout
    assert "流程版本" in answer.stdout


def test_the_manifest_names_every_table(backup):
    with tarfile.open(backup) as archive:
        names = archive.getnames()
        manifest = json.loads(archive.extractfile("manifest.json").read())
    assert (names[0], names[-1]) == ("about.json", "manifest.json")
    assert set(manifest["tables"]) == {table.name for table in tables()}
    assert manifest["tables"]["case_file"][0] == len(STORIES)
