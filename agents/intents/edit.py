"""Edit: change what an attached picture shows."""

from __future__ import annotations

from maquette.agents.intents.caption import Caption
from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.areas import BY_MASK, masked_plan, needs_mask
from maquette.agents.plans.composed.changing import changed_plan
from maquette.agents.plans.edits import ask, edit_plan, free_edit_plan, pictures_meant
from maquette.agents.plans.finishing.adjustments import adjusted_plan
from maquette.agents.plans.translated import changes_in_english
from maquette.agents.reading.changes import Change, ChangeKind, Changes, Unclear
from maquette.agents.reading.labelled.edits.wholes import whole_changes
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.records.errors import FixInput
from maquette.records.plan import Loop, Plan
from maquette.tools.drawing.abilities import lacking
from maquette.words.lexicon import Lexicon, singular
from maquette.words.stopwords import TEXT_WORDS


async def _of_document(asked: Asked, changes: tuple[Change, ...] | None) -> Plan | None:
    """The plan that changes a composed picture's document; None: it was not composed."""
    if changes is None or asked.gallery is None or not any(asked.scenes):
        return None
    if any(one.kind is ChangeKind.BLUR for one in changes):
        return None  # documents know no blur
    chosen = pictures_meant(asked.request, ", ".join(map(str, changes)))
    scene = asked.scenes[chosen[0]]
    if len(chosen) != 1 or scene is None:
        return None
    return await changed_plan(changes, scene, asked.gallery, k=chosen[0])


async def _without_generator(asked: Asked, changes: tuple[Change, ...]) -> Plan | None:
    """The plan where a mask, or reading, is enough for what the generator cannot change, or none
    is served; None: it can change all, or no model is there that finds things.

    Raises: FixInput: words are to change, and no model is there that reads them.
    """
    served, seed = asked.served, asked.request.options.seed
    if not any(one.kind in (*BY_MASK, ChangeKind.REWORD) for one in changes):
        return None
    if any(one.kind is ChangeKind.REWORD for one in changes) and not await served.reads():
        raise _unread(changes)
    model = await served.generator_if_any()
    able = model is not None and "edit" in model.capabilities
    lexicon = Lexicon.of(model.vocabulary) if model is not None else Lexicon()
    sees = able and await served.sees()
    finds = sees and model is not None and "inpaint" in model.capabilities and not lexicon.open
    told = [
        needs_mask(one, lexicon, seed=seed, finds=finds) or (one.kind in BY_MASK and not able)
        for one in changes
    ]
    if not any(told) or not (able or all(told)):
        return None
    masked = any(one.kind in BY_MASK for one, mask in zip(changes, told, strict=True) if mask)
    if masked and not await served.finds():
        return None
    return masked_plan(asked.request, changes, told, lexicon, judged=sees, finds=finds)


def _unread(changes: tuple[Change, ...]) -> FixInput:
    return FixInput(
        f"understood: {', '.join(map(str, changes))}; but only the words of sheets that were "
        "composed here can be changed where no model reads words",
        hint='Set words over the picture instead, e.g. put "OPEN" on this picture.',
    )


def _keeps_document(plan: Plan) -> bool:
    """Whether what a plan delivers is still a composed picture."""
    return any(
        isinstance(node, Loop)
        and plan.outputs[0].startswith(f"{node.id}.")
        and node.body[-1].tool == "edit_scene"
        for node in plan.nodes
    )


def _wants_words(item: Labelled) -> bool:
    """Whether words are to be put on the picture, whichever they are: "add a caption"."""
    named = [piece.text.lower().split() for _, piece in item.of("query", "carrier", "thing", "new")]
    return any(words and singular(words[-1]) in TEXT_WORDS for words in named)


class Edit:
    """Change the attached picture that is meant, one change after the other."""

    name = "edit"
    offer = "change, enlarge, cut out or draw again what it shows"
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: FixInput: something is left open. CapabilityMissing: no model can edit."""
        changes = asked.reading.changes
        if not asked.reading.attached:
            raise asked.refused("there is no attached picture to change")
        return await self._adjusted(asked) or await self._changed(asked, changes)

    async def _adjusted(self, asked: Asked) -> Plan | None:
        """The plan where the whole picture is adjusted or words are put on it, after what is
        changed in it; None: only things are changed."""
        reading, item = asked.reading, asked.reading.labelled
        adjustments, left = whole_changes(item, reading.changes)
        plan: Plan | None = None
        if left:
            plan = await self._changed(asked, left)
        elif (reading.understood is not None and reading.understood.strings) or (
            not adjustments and _wants_words(item)
        ):
            plan = await Caption().plan(asked)
        if not adjustments:
            return plan if not left else None
        chosen = pictures_meant(asked.request, "a change of the picture")
        scene = asked.scenes[chosen[0]] if asked.scenes else None
        if plan is not None and not _keeps_document(plan):
            scene = None
        if len(chosen) > 1:
            raise FixInput(
                "several pictures are adjusted one by one here", hint="Attach one at a time."
            )
        ref = asked.request.inputs[chosen[0]]
        return adjusted_plan(plan, adjustments, ref, k=chosen[0], scene=scene)

    async def _changed(self, asked: Asked, changes: Changes | None) -> Plan:
        if isinstance(changes, Unclear):
            styles = [piece.text for _, piece in asked.reading.labelled.of("style")]
            if not styles:
                raise ask(changes)
            changes = None
            told = f"understood: draw the attached picture anew, {', '.join(styles)}"
            if not Lexicon.of((await asked.served.generator()).vocabulary).open:
                raise asked.refused(f"{told}; but no model here changes a picture's manner")
        if changes is not None:
            language = asked.reading.language
            changes = await changes_in_english(changes, language, asked.gallery)
        composed = await _of_document(asked, changes)
        if composed is not None:
            return composed
        masked = await _without_generator(asked, changes) if changes is not None else None
        if masked is not None:
            return masked
        model = await asked.served.generator()
        lexicon = Lexicon.of(model.vocabulary)
        if changes is None and not lexicon.open:
            raise asked.refused(
                "understood: change an attached picture; but no change that is known here"
            )
        understood = ", ".join(map(str, changes or ())) or "a change of the picture"
        missing = lacking(("edit",), model.model, can=model.capabilities, understood=understood)
        if missing is not None:
            raise missing
        if changes is None:
            return free_edit_plan(asked.request)
        sees = await asked.served.sees()
        finds = sees and "inpaint" in model.capabilities and await asked.served.finds()
        return edit_plan(
            asked.request, changes, lexicon, judged=sees, finds=finds and not lexicon.open
        )
