"""What each programme adds to the process, chosen by its code, never by an ``if``."""

from accounts.enums import Programme
from applications.programmes.base import Missing, Rules, Section
from applications.programmes.eps import EpsRules
from applications.programmes.schooling import SchoolingRules

REGISTRY: dict[str, Rules] = {
    Programme.EPS: EpsRules(),
    Programme.SCHOOLING: SchoolingRules(),
}


def get_rules(programme: str) -> Rules:
    """The rules of a programme, by its code."""
    return REGISTRY[programme]


__all__ = ["REGISTRY", "Missing", "Rules", "Section", "get_rules"]
