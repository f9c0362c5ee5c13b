"""From .docx to PDF/A-2b by LibreOffice, where it is installed; fonts by a private fontconfig file.

The conversion takes seconds, so it is never done while somebody waits for a page. None of the fonts of GB/T 9704-2012
is shipped: an office puts its licensed ones into a folder, and `Converted.substitutes` names those that stood in.
"""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from engine.statute.said import said
from letters.pdf_text import font_names

# For each font of the templates: its other names, then open fonts that may stand in, best first.
_FONTS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "仿宋": (
        ("FangSong", "仿宋_GB2312", "FangSong_GB2312", "STFangsong", "方正仿宋_GBK", "FZFangSong-Z02"),
        ("FandolFang R", "LXGW WenKai", "Noto Serif CJK SC"),
    ),
    "方正小标宋简体": (
        ("FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "FZXiaoBiaoSong-B05"),
        ("Noto Serif CJK SC", "LXGW WenKai"),
    ),
    "黑体": (("SimHei", "方正黑体_GBK"), ("Noto Sans CJK SC", "LXGW WenKai")),
    "楷体": (("KaiTi", "楷体_GB2312", "KaiTi_GB2312", "STKaiti"), ("LXGW WenKai", "AR PL UKai CN")),
    "宋体": (("SimSun", "NSimSun", "STSong"), ("Noto Serif CJK SC", "LXGW WenKai")),
}
# PostScript names, as a PDF lists them, of fonts that are what the templates ask for.
_GENUINE: Final = ("fangsong", "stfangsong", "fzfs", "fzxiaobiaosong", "fzxbs", "simhei", "fzhei", "kaiti", "stkaiti",
                   "simsun", "nsimsun", "stsong")  # fmt: skip
_FILTER: Final = "pdf:writer_pdf_Export:" + json.dumps({"SelectPdfVersion": {"type": "long", "value": "2"}})
SECONDS: Final = 120.0
# LibreOffice goes onto the next line at Word's hyphen that never breaks; it does not at a plain one with a word joiner.
_HELD: Final = re.compile(rb"<w:noBreakHyphen\s*/>")
_JOINED: Final = "<w:t>-\u2060</w:t>".encode()
# Where a line of text is exactly as long as the page is wide, LibreOffice leaves out the mark that hangs behind it.
# Twentieths of a point by which the page is made wider, and the margin that gives way.
_WIDER: Final = 10
_RIGHT: Final = re.compile(rb'(<w:pgMar\b[^>]*\bw:right=")(\d+)')


class PdfFault(Exception):
    """No PDF was made; the Chinese message says why."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A finished PDF and the names of fonts in it that stand in for those of the template."""

    content: bytes
    substitutes: tuple[str, ...]


def find_program(command: str) -> str | None:
    """The path of LibreOffice, if it is installed."""
    return shutil.which(command)


def convert(
    documents: Mapping[str, bytes], *, work: Path, fonts: Path, command: str = "soffice", seconds: float = SECONDS
) -> dict[str, Converted]:
    """PDF/A-2b of each .docx, by the same keys; one that LibreOffice could not read is absent from the answer.

    Args:
        documents: file contents by a key of the caller's.
        work: folder for LibreOffice's own profile; only one conversion at a time may use it.
        fonts: folder into which the office puts its licensed fonts; it need not exist.
        command: name or path of the program.
        seconds: time limit for all documents together.

    Raises:
        PdfFault: the program is absent, took too long or failed altogether.
    """
    program = find_program(command)
    if program is None:
        raise PdfFault("本机没有安装 LibreOffice，不能生成 PDF，请下载 .docx 打印")
    work.mkdir(parents=True, exist_ok=True)
    names = {f"{place}": key for place, key in enumerate(documents)}
    with tempfile.TemporaryDirectory(dir=work, prefix="run-") as folder:
        run = Path(folder)
        for name, key in names.items():
            (run / f"{name}.docx").write_bytes(_for_libreoffice(documents[key]))
        (run / "fonts.conf").write_text(_fontconfig(fonts, work / "fontcache"), encoding="utf-8")
        _run(program, run, work, sorted(f"{name}.docx" for name in names), seconds)
        made = {}
        for name, key in names.items():
            target = run / f"{name}.pdf"
            if target.is_file() and target.stat().st_size:
                content = target.read_bytes()
                made[key] = Converted(content, substitutes(content))
    return made


def _for_libreoffice(document: bytes) -> bytes:
    """The .docx as LibreOffice sets it right; Word needs none of this. What is no .docx is left as it is."""
    saved = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as package, zipfile.ZipFile(saved, "w", zipfile.ZIP_STORED) as other:
            for one in package.infolist():
                content = package.read(one)
                if one.filename.endswith(".xml"):
                    content = _HELD.sub(_JOINED, content)
                    content = _RIGHT.sub(lambda found: b"%s%d" % (found[1], max(int(found[2]) - _WIDER, 0)), content)
                other.writestr(one.filename, content)
    except zipfile.BadZipFile:
        return document
    return saved.getvalue()


def substitutes(content: bytes) -> tuple[str, ...]:
    """Fonts of a PDF that are none of those that GB/T 9704-2012 asks for."""
    return tuple(name for name in font_names(content) if not name.lower().replace("_", "").startswith(_GENUINE))


def _run(program: str, run: Path, work: Path, files: list[str], seconds: float) -> None:
    profile = (work / "profile").resolve().as_uri()
    arguments = [program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
                 f"-env:UserInstallation={profile}", "--convert-to", _FILTER, "--outdir", ".", *files]  # fmt: skip
    environment = {
        **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP") if name in os.environ},
        "HOME": str(work.resolve()),
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str((run / "fonts.conf").resolve()),
    }
    process = subprocess.Popen(  # its own session, so that a hanging program goes with everything it started
        arguments, cwd=run, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        raise PdfFault(said("LibreOffice 在 %(seconds)s 秒内没有完成转换", seconds=f"{seconds:g}")) from None
    if process.returncode:
        told = errors.decode(errors="replace").strip().splitlines()
        raise PdfFault(f"LibreOffice 转换失败（{process.returncode}）：{told[-1] if told else '没有说明原因'}")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def _fontconfig(fonts: Path, cache: Path) -> str:
    """The system's fonts and the office's own, with stand-ins for the fonts of the templates."""
    aliases = "\n".join(
        f"<alias binding='same'><family>{family}</family><accept>"
        + "".join(f"<family>{escape(name)}</family>" for name in (*others, *stand_ins))
        + "</accept></alias>"
        for family, (others, stand_ins) in _FONTS.items()
    )
    return f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{escape(str(fonts.resolve()))}</dir>
<cachedir>{escape(str(cache.resolve()))}</cachedir>
{aliases}
</fontconfig>
"""
