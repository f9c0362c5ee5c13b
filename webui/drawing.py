"""The XML of a diagram on its way to the page: what its elements are called, in the reader's language."""

from flask import Response
from lxml import etree

from webui.speech import gettext, is_english


def drawing(xml: str) -> Response:
    """The answer to a page that draws a diagram."""
    return Response(_in_english(xml) if is_english() else xml, mimetype="application/xml")


def _in_english(xml: str) -> bytes:
    # Stored by the server itself, yet read as if it were not.
    root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    for element in root.iter(etree.Element):
        if name := element.get("name"):
            element.set("name", gettext(name))
        if etree.QName(element).localname == "text" and element.text:
            element.text = gettext(element.text)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
