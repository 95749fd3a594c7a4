"""The first page of a PDF as a small picture. A program of its own, not a module:

``python front_page.py < file.pdf > page.webp``. What it reads was sent by strangers
and its reader is written in C: it runs with no secret in its surroundings and with
limits of memory and time, and only itself is lost where the reader fails.
"""

import resource
import sys
from io import BytesIO

import pypdfium2
from PIL import Image

MEMORY = 1024**3
SECONDS = 10
SIDE = 480
QUALITY = 70


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    page = pypdfium2.PdfDocument(sys.stdin.buffer.read())[0]
    scale = SIDE / max(*page.get_size(), 1)
    picture: Image.Image = page.render(scale=min(scale, 4)).to_pil().convert("RGB")
    written = BytesIO()
    picture.save(written, "WEBP", quality=QUALITY)
    sys.stdout.buffer.write(written.getvalue())


if __name__ == "__main__":
    main()
