"""Chance that is the same for the same words: nothing secret is made of it."""

from random import Random


def chance(*about: object) -> Random:
    """A source of its own for each matter, whatever was drawn for the others."""
    return Random("/".join(map(str, about)))  # noqa: S311 -- made-up data, no secret
