"""How letters become PDF, and where the sealing platform takes and leaves them."""

from pydantic import Field

from engine.settings.section import Section


class Letters(Section):
    """Conversion of letters to PDF and the folders that are shared with a sealing platform."""

    libreoffice: str = Field(
        default="soffice", min_length=1, max_length=300, description="LibreOffice 的程序名或者完整路径"
    )
    pdf_seconds: int = Field(default=90, ge=10, le=110, description="一次转换最长秒数，10 至 110")
    seal_outgoing: str | None = Field(
        default=None, min_length=1, max_length=300, description="送交盖章的 PDF 放在哪个文件夹，没有则不写这一项"
    )
    seal_incoming: str | None = Field(
        default=None, min_length=1, max_length=300, description="盖好章的 PDF 从哪个文件夹收取，没有则不写这一项"
    )
