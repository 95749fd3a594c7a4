"""Make the two web fonts of static/fonts from the full typeface beside them.

The browser needs Arabic and French only, and a phone no hinting: 227 KB a weight become
36 KB. The licence (SIL OFL 1.1) reserves the name "Plex", so that a changed copy has
another: Entraide Sans. Run by hand when the typeface changes, ``python
docs/build_fonts.py``; it needs fontTools and brotli, which the PDF engine brings along.
tests/test_look.py checks the result.
"""

from pathlib import Path

from fontTools import subset

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
FAMILY = "Entraide Sans"
WEIGHTS = {
    "IBMPlexSansArabic_400Regular.ttf": ("entraide-sans-400.woff2", "Regular"),
    "IBMPlexSansArabic_700Bold.ttf": ("entraide-sans-700.woff2", "Bold"),
}
RANGES = [
    (0x0020, 0x007E), (0x00A0, 0x00FF), (0x0152, 0x0153), (0x0178, 0x0178),
    (0x0600, 0x06FF),
    (0x200B, 0x200F), (0x2010, 0x2015), (0x2018, 0x201E), (0x2022, 0x2022),
    (0x2026, 0x2026), (0x202A, 0x202E), (0x2030, 0x2030), (0x2039, 0x203A),
    (0x2066, 0x2069), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122),
    (0x2190, 0x2193), (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2265),
    (0xFDFD, 0xFDFD), (0xFEFF, 0xFEFF),
]  # fmt: skip


def rename(font, style):
    names = font["name"]
    full = f"{FAMILY} {style}"
    new = {1: FAMILY, 2: style, 3: f"{full} 1.101", 4: full,
           6: full.replace(" ", "-"), 16: FAMILY, 17: style}  # fmt: skip
    for record in list(names.names):
        if record.nameID in (7, 16, 17):
            names.removeNames(nameID=record.nameID)
    for name_id, text in new.items():
        names.setName(text, name_id, 3, 1, 0x409)


def build(source, target, style):
    options = subset.Options(
        flavor="woff2", layout_features=["*"], recalc_timestamp=False,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True,
        desubroutinize=False, hinting=False,
    )  # fmt: skip
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for a, b in RANGES for c in range(a, b + 1)])
    subsetter.subset(font)
    rename(font, style)
    subset.save_font(font, str(target), options)


if __name__ == "__main__":
    for name, (file, style) in WEIGHTS.items():
        build(FONTS / "plex" / name, FONTS / file, style)
