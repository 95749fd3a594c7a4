"""Where the associations of the demonstration stand: all over the country."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from applications.demo.chance import chance
from territories.enums import CommuneKind
from territories.models import Commune, Delegation

# The two demo associations: an EPS one in Azilal, a schooling one in Rabat.
AZILAL, RABAT = "05.081", "04.421"
# Enough around them for every state of a file to be seen, at any scale.
CROWDED: tuple[str, ...] = (
    AZILAL,
    RABAT,
    AZILAL,
    "05.091",
    AZILAL,
    "05.301",
    "05.255",
    "05.311",
)
CROWDED += ("04.281", "04.441", "05.091", "04.421")


@dataclass(frozen=True)
class Place:
    """A delegation with the communes in which somebody may stand."""

    delegation: Delegation
    communes: tuple[Commune, ...]

    def commune(self, random: Random) -> Commune:
        return random.choice(self.communes)


def is_urban(commune: Commune) -> bool:
    """Arrondissements, and the town that gave its name to the province."""
    return (
        commune.kind == CommuneKind.ARRONDISSEMENT
        or commune.name_fr.split("-")[0] == commune.delegation.name_fr.split("-")[0]
    )


def all_places() -> dict[str, Place]:
    """Every delegation by its code, in the order of codes."""
    communes = defaultdict(list)
    rows = Commune.objects.selectable().select_related("delegation__region")
    for row in rows.order_by("code"):
        communes[row.delegation_id].append(row)
    delegations = Delegation.objects.select_related("region").order_by("code")
    return {
        row.code: Place(row, tuple(communes[row.pk]))
        for row in delegations
        if communes[row.pk]
    }


def spread(places: dict[str, Place], count: int, seed: int) -> list[Place]:
    """The place of each association, in order: the crowded ones, then all in turn."""
    chosen = [places[code] for code in CROWDED][:count]
    others = list(places.values())
    chance(seed, "places").shuffle(others)
    return chosen + [others[i % len(others)] for i in range(count - len(chosen))]
