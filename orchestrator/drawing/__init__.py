"""Numbers as text and figures as SVG."""
