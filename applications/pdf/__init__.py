"""Letters about a file: what they say (frozen when decided), then the PDF.

The engine is imported by the worker alone (``applications.pdf.render``).
"""

from applications.pdf.content import content

__all__ = ["content"]
