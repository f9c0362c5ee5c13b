"""Invented papers for the file: small Word documents that say what they stand for."""

from datetime import date
from io import BytesIO

from docx import Document

from engine.cases.documents import Upload


def paper(title: str, number: str, day: date) -> Upload:
    """A paper of this title, filed in a case on a day."""
    document = Document()
    document.add_heading(title, level=1)
    document.add_paragraph(f"登记编号：{number}　　日期：{day.isoformat()}")
    document.add_paragraph("本材料为示范数据，人名、单位和事实均系虚构。")
    content = BytesIO()
    document.save(content)
    content.seek(0)
    return Upload(f"{title}.docx", content)
