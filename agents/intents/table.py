"""The table of intents: every kind of request, by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import cast

from maquette.agents.intents.caption import Caption
from maquette.agents.intents.contract import Intent, Sign
from maquette.agents.intents.describe import Describe
from maquette.agents.intents.draw import Draw
from maquette.agents.intents.edit import Edit
from maquette.agents.intents.find import Find
from maquette.agents.intents.rate import Rate
from maquette.agents.intents.read import Read
from maquette.agents.intents.refusing.chat import Chat
from maquette.agents.intents.refusing.clarify import Clarify
from maquette.agents.intents.refusing.sound import Sound
from maquette.agents.intents.search import Search
from maquette.agents.intents.show import Show
from maquette.infra import plugins
from maquette.records.errors import ConfigError

Table = Mapping[str, Intent]


def by_name(intents: Iterable[Intent]) -> Table:
    """A table of intents in their order.

    Raises: ConfigError: two have the same name, or signs of the same rank.
    """
    table: dict[str, Intent] = {}
    ranks: dict[int, str] = {}
    for intent in intents:
        if intent.name in table:
            raise ConfigError(f"two intents are named {intent.name!r}; names are unique")
        for sign in intent.signs:
            if sign.rank in ranks:
                raise ConfigError(
                    f"signs of {ranks[sign.rank]!r} and {intent.name!r} both have rank "
                    f"{sign.rank}; which is tried first must be clear",
                    hint=f"Give one another rank; taken: {', '.join(map(str, sorted(ranks)))}.",
                )
            ranks[sign.rank] = intent.name
        table[intent.name] = intent
    return table


def signs(table: Table) -> list[tuple[Sign, Intent]]:
    """Every sign with its intent, in the order in which they are tried."""
    found = [(sign, intent) for intent in table.values() for sign in intent.signs]
    return sorted(found, key=lambda pair: pair[0].rank)


def can_do(table: Table) -> str:
    """What can be done here, in one sentence of all offers."""
    offers = [intent.offer for intent in table.values() if intent.offer]
    last = " or ".join(offers[-1:])
    return f"It can {', '.join([*offers[:-1], f'or {last}' if offers[:-1] else last])}."


INTENTS: Table = by_name(
    (
        Draw(),
        Read(),
        Describe(),
        Edit(),
        Find(),
        Show(),
        Caption(),
        Search(),
        Rate(),
        Sound(),
        Clarify(),
        Chat(),
    )
)
"""The intents that are built in."""


@cache
def opened() -> plugins.Opened:
    """The built-in intents and those of installed packages, whose signs have ranks of their own."""
    found = plugins.open_door(plugins.INTENTS, INTENTS)
    fitting: list[Intent] = []
    for name, intent in cast("dict[str, Intent]", dict(found.found)).items():
        try:
            _check(name, intent)
            by_name([*fitting, intent])
        except plugins.BROKEN as error:
            found.leave_out(name, plugins.why("it cannot be used", error))
        else:
            fitting.append(intent)
    return found


def _check(name: str, intent: Intent) -> None:
    """Raises: ConfigError: it goes by another name, or what it tells is not of its kind."""
    if intent.name != name:
        raise ConfigError(f"its intent is named {intent.name!r}; expected {name!r}")
    for what, kind, values in [("offer", str, (intent.offer,)), ("signs", Sign, intent.signs)]:
        for value in values:
            if not isinstance(value, kind):
                got = type(value).__name__
                raise ConfigError(f"its {what}: {got} found, {kind.__name__} expected")


def all_intents() -> Table:
    """Every intent by name, ours first."""
    return cast("Table", opened().found)
