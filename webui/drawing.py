"""The XML of a diagram on its way to the page: what its elements are called, in the reader's language."""

from flask import Response
from lxml import etree

from webui.speech import gettext, is_english

# A letter of a label, in pixels of the diagram.
_LETTER = 6.5


def drawing(xml: str) -> Response:
    """The answer to a page that draws a diagram."""
    return Response(_in_english(xml) if is_english() else xml, mimetype="application/xml")


def _widen(label: etree._Element, wanted: float) -> None:
    """A place beside an element is as wide as two or three Chinese characters; a word must not be broken in it."""
    for bounds in label.iter("{*}Bounds"):
        width, left = float(bounds.get("width", 0)), float(bounds.get("x", 0))
        if wanted > width:
            bounds.set("width", f"{wanted:g}")
            bounds.set("x", f"{left - (wanted - width) / 2:g}")


def _in_english(xml: str) -> bytes:
    # Stored by the server itself, yet read as if it were not.
    root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    widest = {}
    for element in root.iter(etree.Element):
        if name := element.get("name"):
            told = gettext(name)
            element.set("name", told)
            widest[element.get("id")] = max(map(len, told.split()))
        if etree.QName(element).localname == "text" and element.text:
            element.text = gettext(element.text)
    for label in root.iter("{*}BPMNLabel"):
        _widen(label, widest.get(label.getparent().get("bpmnElement"), 0) * _LETTER)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
