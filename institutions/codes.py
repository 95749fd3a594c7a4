"""Codes by which children and centres are known without being named."""

import secrets

# No letter that is read for a digit or for another letter, on paper or on the phone.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def new_code(prefix: str) -> str:
    """A random code, which says nothing of its owner nor of how many there are."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(7))}"


def new_child_code() -> str:
    return new_code("E")


def new_centre_code() -> str:
    return new_code("C")
