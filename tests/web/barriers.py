"""What hinders a keyboard or a screen reader and shows in the page's text, without a browser (WCAG 2.2 A and AA)."""

from collections import Counter
from collections.abc import Iterator

from lxml import html

_CONTROLS = "//input[not(@type='hidden') and not(@type='submit')] | //select | //textarea"


def barriers(page: str) -> list[str]:
    """One line for each barrier; empty for a page that holds none of those looked for."""
    root = html.document_fromstring(page)
    return [fault for look in (_page, _headings, _references, _controls, _tables) for fault in look(root)]


def _page(root: html.HtmlElement) -> Iterator[str]:
    if not root.get("lang"):
        yield "3.1.1 the page names no language"
    if not (root.findtext("head/title") or "").strip():
        yield "2.4.2 the page has no title"
    if (found := len(root.xpath("//h1"))) != 1:
        yield f"1.3.1 {found} main headings"
    if not root.xpath("//main"):
        yield "1.3.1 no main part"


def _references(root: html.HtmlElement) -> Iterator[str]:
    ids = Counter(root.xpath("//@id"))
    for value, count in ids.items():
        if count > 1:
            yield f"4.1.1 id {value} is used {count} times"
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        for value in root.xpath(f"//@{name}"):
            for wanted in set(value.split()) - set(ids):
                yield f"4.1.2 {name} names {wanted}, which is not there"
    for target in root.xpath("//label/@for"):
        if target not in ids:
            yield f"1.3.1 a label stands for {target}, which is not there"


def _controls(root: html.HtmlElement) -> Iterator[str]:
    for control in root.xpath(_CONTROLS):
        if not _named(root, control):
            yield f"4.1.2 nothing names the control {control.get('name')}"
    for action in root.xpath("//a[@href] | //button"):
        if not _words(action):
            yield f"2.4.4 nothing names {html.tostring(action)[:100]!r}"
    for image in root.xpath("//img[not(@alt)]"):
        yield f"1.1.1 picture {image.get('src')} has no words"


def _tables(root: html.HtmlElement) -> Iterator[str]:
    for table in root.xpath("//table[not(@role='presentation')]"):
        if not table.xpath(".//th"):
            yield "1.3.1 a table without head cells"
        if not table.xpath("./caption | ancestor-or-self::*[@aria-label or @aria-labelledby]"):
            yield "1.3.1 a table without a name"


def _headings(root: html.HtmlElement) -> Iterator[str]:
    before = 1
    for heading in root.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]"):
        level = int(heading.tag[1])
        if level > before + 1:
            yield f"1.3.1 heading of level {level} after level {before}: {heading.text_content().strip()[:40]}"
        before = level


def _words(element: html.HtmlElement) -> str:
    pictures = " ".join(element.xpath(".//img/@alt | .//svg/@aria-label"))
    return (element.get("aria-label") or element.get("title") or f"{element.text_content()} {pictures}").strip()


def _named(root: html.HtmlElement, control: html.HtmlElement) -> bool:
    if control.get("aria-label") or control.get("aria-labelledby") or control.get("title"):
        return True
    name = control.get("id")
    labels = root.xpath("//label[@for=$name]", name=name) if name else []
    return any(_words(label) for label in [*labels, *control.xpath("ancestor::label")])
