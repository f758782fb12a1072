"""What the doctor looks at beyond the stack itself: tools, fonts, and the models' folders."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from maquette.agents.intents.table import opened as intents
from maquette.agents.judging.judges.table import make_judges
from maquette.agents.judging.judges.table import opened as judges
from maquette.agents.judging.repairs.table import opened as repairs
from maquette.api.cli import plugged
from maquette.api.cli.main import COMMANDS
from maquette.api.cli.views.models_line import ask_roles
from maquette.api.client import MaquetteClient
from maquette.infra.plugins import BUILT_IN, Opened, PluginProblem
from maquette.infra.settings.models import served_here
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.checkup.doctor import Check
from maquette.infra.stack.control import load_stack_settings, read_stack
from maquette.model_servers.readiness import brought, check_roles
from maquette.model_servers.schemas.options.table import opened as options
from maquette.records.errors import MaquetteError, RecordDamaged
from maquette.records.task import RECORD_DAMAGED
from maquette.tools.art.packs import table as packs
from maquette.tools.registry import load_registry
from maquette.workflows.loops.table import OPENED as STRATEGIES

MOST_RECORDS = 2_000


def tools(settings: Settings) -> Check:
    """Every tool loads; each plug-in that does not is named."""
    registry = load_registry()
    return _plugged("tools", ", ".join(registry.names()), registry.problems)


def planner(settings: Settings) -> Check:
    """Which planner will work."""
    if settings.planner.base_url is None:
        return Check("planner", True, detail="embedded (no language model is configured)")
    if settings.planner.model is None:
        return Check(
            "planner",
            False,
            problem="planner.base_url is set and planner.model is not",
            next_step="set MAQUETTE_PLANNER__MODEL to the model's name",
        )
    return Check("planner", True, detail=f"{settings.planner.model} at an OpenAI-shaped endpoint")


def models(settings: Settings) -> Check:
    """Each role's model is where the settings say, and its options are known."""
    if not served_here(settings):
        return Check("model files", True, detail=f"served elsewhere: {settings.serve.url}")
    try:
        check_roles(settings)
    except MaquetteError as error:
        return Check("model files", False, problem=error.message, next_step=error.hint)
    info = read_stack(settings)
    if lame := ask_roles(load_stack_settings(info)) if info is not None else {}:
        told = "\n".join(f"the role {role} did not start: {why}" for role, why in lame.items())
        next_step = "mend what is named, then `maquette down` and `maquette up`"
        return Check("model files", False, problem=told, next_step=next_step)
    return Check("model files", True, detail=", ".join(sorted(settings.models)))


def plug_ins(settings: Settings) -> Check:
    """What other packages bring can be used; each thing that cannot is named."""
    make_judges(settings.critic)  # leaves out what makes no judge
    behind = [options(), intents(), judges(), repairs(), STRATEGIES, *brought()]
    found = ", ".join(f"{one.door.name}: {name}" for one in behind for name in _from_others(one))
    problems = [
        replace(problem, plugin=f"{one.door.name}: {problem.plugin}")
        for one in behind
        for problem in one.problems
    ]
    if not problems:
        found = found or "none beside tools and commands"
    return _plugged("plug-ins", found, problems)


def art(settings: Settings) -> Check:
    """Every art pack can be read; the first that cannot is named."""
    packs.look_in(settings.data_dir)
    found = len(packs.all_cards())
    if problems := packs.opened().problems:
        return Check(
            "art packs",
            False,
            problem=f"{problems[0].plugin}: {problems[0].reason}",
            next_step="maquette art ls tells what to install or mend",
        )
    return Check("art packs", True, detail=f"{', '.join(packs.all_packs())} ({found} things)")


def commands(settings: Settings) -> Check:
    """Commands of other packages load; each that does not is named."""
    found = plugged.opened(COMMANDS)
    return _plugged("commands", ", ".join(found.found) or "no plug-ins", found.problems)


def _from_others(opened: Opened) -> list[str]:
    return sorted(name for name, origin in opened.origins.items() if origin != BUILT_IN)


def _plugged(part: str, works: str, problems: Iterable[PluginProblem]) -> Check:
    """What works in either case; of what does not a line each."""
    told = "\n".join(f"{one.plugin}: {one.reason}" for one in problems)
    if not told:
        return Check(part, True, detail=works)
    next_step = "mend the plug-ins, or uninstall their packages"
    return Check(part, False, detail=works, problem=told, next_step=next_step)


def records(settings: Settings) -> Check:
    """What is kept of the ended tasks can be read; each that cannot is named."""
    info = read_stack(settings)
    if info is None:
        return Check("records", True, detail="looked at while the stack runs")
    found, seen = asyncio.run(damaged_records(info.api_url, info.token))
    if found:
        return Check(
            "records",
            False,
            problem=f"{len(found)} of {seen} tasks cannot be read: {', '.join(found)}",
            next_step="run them again; what they were asked and made is lost",
        )
    return Check("records", True, detail=f"all of {seen} tasks can be read")


async def damaged_records(url: str, token: str | None) -> tuple[list[str], int]:
    """The ids of damaged records, and of how many tasks, the newest first."""
    found: list[str] = []
    seen, after, more = 0, None, True
    async with MaquetteClient(url, token) as client:
        while more and seen < MOST_RECORDS:
            page = await client.list(limit=200, after=after)
            seen += len(page.data)
            more = page.has_more
            after = page.data[-1].id if page.data else None
            found += [
                task.id
                for task in page.data
                if task.metadata.get(RECORD_DAMAGED)
                or (task.problem is not None and task.problem.code == RecordDamaged.code)
            ]
    return found, seen


CHECKUPS = (tools, plug_ins, planner, models, art, commands, records)
