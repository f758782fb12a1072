"""Registers the built-in tools, through the hook that outside packages use."""

from __future__ import annotations

from collections.abc import Callable

from maquette.tools.builtin.adjusting.crop import crop
from maquette.tools.builtin.adjusting.frame import frame
from maquette.tools.builtin.adjusting.remove_background import remove_background
from maquette.tools.builtin.adjusting.resize import resize
from maquette.tools.builtin.adjusting.resize_scene import resize_scene
from maquette.tools.builtin.adjusting.tone import grayscale, tone
from maquette.tools.builtin.adjusting.turning import mirror, rotate
from maquette.tools.builtin.areas.change_words import change_words
from maquette.tools.builtin.areas.find_area import find_area
from maquette.tools.builtin.areas.move import move_area, scale_area
from maquette.tools.builtin.areas.recolour import recolour_area
from maquette.tools.builtin.areas.remove import blur_area, remove_area
from maquette.tools.builtin.making.change_background import change_background
from maquette.tools.builtin.making.change_thing import change_thing
from maquette.tools.builtin.making.compose import compose
from maquette.tools.builtin.making.cut_out import cut_out
from maquette.tools.builtin.making.draw import draw
from maquette.tools.builtin.making.edit import edit, inpaint
from maquette.tools.builtin.making.edit_scene import edit_scene
from maquette.tools.builtin.making.enlarge import enlarge
from maquette.tools.builtin.making.typeset import typeset
from maquette.tools.builtin.seeing.alt_text import alt_text
from maquette.tools.builtin.seeing.answer import answer
from maquette.tools.builtin.seeing.describe import describe
from maquette.tools.builtin.seeing.embed_text import embed_text
from maquette.tools.builtin.seeing.find_pictures import find_pictures
from maquette.tools.builtin.seeing.match import match
from maquette.tools.builtin.seeing.name_thing import name_thing
from maquette.tools.builtin.seeing.read_text import read_text
from maquette.tools.builtin.seeing.score import score
from maquette.tools.builtin.seeing.segment import segment
from maquette.tools.plugins.hookspecs import hookimpl
from maquette.tools.spec import ToolSpec


@hookimpl
def maquette_tools(register: Callable[[ToolSpec], None]) -> None:
    for spec in (
        alt_text,
        answer,
        blur_area,
        change_background,
        change_thing,
        change_words,
        compose,
        crop,
        cut_out,
        describe,
        draw,
        edit,
        edit_scene,
        embed_text,
        enlarge,
        find_area,
        find_pictures,
        frame,
        grayscale,
        inpaint,
        match,
        mirror,
        move_area,
        name_thing,
        read_text,
        recolour_area,
        remove_area,
        remove_background,
        resize,
        resize_scene,
        rotate,
        scale_area,
        score,
        segment,
        tone,
        typeset,
    ):
        register(spec)
