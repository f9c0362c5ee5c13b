"""The XML of a diagram on its way to the page: what its elements are called, in the reader's language."""

from flask import Response
from lxml import etree

from webui.speech import gettext, is_english

# A letter and a line of a label and what is left free beside it, in pixels of the diagram.
_LETTER, _LINE, _MARGIN = 7.0, 13.0, 6.0


def drawing(xml: str) -> Response:
    """The answer to a page that draws a diagram."""
    return Response(_in_english(xml) if is_english() else xml, mimetype="application/xml")


def _fit(bounds: etree._Element, text: str, above: bool) -> None:
    """A place made for two or three Chinese characters: no word is broken in it, nor written over its line."""
    width, left, top = (float(bounds.get(name, 0)) for name in ("width", "x", "y"))
    wanted = max((len(word) for word in text.split()), default=0) * _LETTER + _MARGIN
    if wanted > width:
        bounds.set("width", f"{wanted:g}")
        bounds.set("x", f"{left - (wanted - width) / 2:g}")
    if above:
        lines = -(-len(text) * _LETTER // max(wanted, width, 1))
        bounds.set("y", f"{top - max(lines - 1, 0) * _LINE:g}")


def _in_english(xml: str) -> bytes:
    # Stored by the server itself, yet read as if it were not.
    root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    told: dict[str | None, tuple[str, bool]] = {}
    for element in root.iter(etree.Element):
        if name := element.get("name"):
            element.set("name", gettext(name))
            flow = etree.QName(element).localname == "sequenceFlow"
            told[element.get("id")] = gettext(name), flow
        if etree.QName(element).localname == "text" and element.text:
            element.text = gettext(element.text)
    for shape in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        for bounds in shape.iterfind("{*}BPMNLabel/{*}Bounds"):
            _fit(bounds, *told.get(shape.get("bpmnElement"), ("", False)))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
