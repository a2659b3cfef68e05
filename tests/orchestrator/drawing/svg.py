"""Reads figures as trees, so that tests can count what is drawn."""

from xml.etree import ElementTree as Xml

HOSTILE = '<script>alert("x")</script> & more'
"""A name that must stay text."""


def parsed(svg: str) -> Xml.Element:
    """Return a figure as a tree; a figure that is not well-formed is an error."""
    root = Xml.fromstring(svg)  # our own text
    assert root.tag == "svg"
    assert root.find(".//script") is None
    return root


def titles(root: Xml.Element) -> list[str]:
    """Return what the marks of a figure say that they stand for, after the title of the whole."""
    return [str(each.text) for each in root.iter("title")][1:]
