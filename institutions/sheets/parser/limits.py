"""What a file may be at most, before and while it is opened."""

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_MEMBERS = 300
MAX_UNPACKED = 80 * 1024 * 1024
# A sheet full of equal cells packs about 40 times smaller; a bomb a thousand times.
MAX_RATIO = 150
RATIO_FROM = 4 * 1024 * 1024
# Formulas, merged cells, cells in error: so many are told of, the rest counted.
MAX_TOLD = 500
# Longer text is cut here: no field takes as much, so that it is refused further on.
MAX_TEXT = 1_000
MEMORY = 768 * 1024 * 1024
SECONDS = 25


class Refused(Exception):
    """The file as a whole cannot be read; ``code`` names the sentence to show."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
