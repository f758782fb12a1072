"""Which planner the settings ask for."""

from __future__ import annotations

from collections.abc import Collection

from maquette.agents.planning.carried import CarriedPlans
from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.planning.language_model import LanguagePlanner
from maquette.agents.planning.seam import Planner
from maquette.agents.plans.composed.gallery import Gallery
from maquette.infra.settings.schema import Settings
from maquette.model_servers.client.contract import ModelClient
from maquette.records.loop import STRATEGIES
from maquette.tools.registry import Registry


def make_planner(
    settings: Settings,
    models: ModelClient,
    registry: Registry,
    *,
    strategies: Collection[str] = STRATEGIES,
) -> Planner:
    """The planner these settings ask for: a language model's when an endpoint is named
    (``planner.base_url``), with the embedded one behind it; else the embedded one alone.
    A request that brings a plan needs neither.

    Args:
        strategies: names of the loop strategies that whoever runs the plans has.
    """
    known, gallery = frozenset(strategies), Gallery(models)
    art = gallery if gallery.there else None
    embedded = EmbeddedPlanner(models, registry, gallery=art, strategies=known)
    planner: Planner = embedded
    if settings.planner.base_url is not None:
        planner = LanguagePlanner.of(
            settings.planner,
            registry,
            models=models,
            gallery=art,
            fallback=embedded,
            strategies=known,
        )
    return CarriedPlans(planner, registry, strategies=known)
