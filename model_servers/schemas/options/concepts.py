"""Shown things: pictures of one or two things that are to be seen again."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from maquette.model_servers.schemas.options.option import RowOption
from maquette.records.artifact import ArtifactRef

Concepts = Annotated[
    tuple[ArtifactRef, ...],
    Field(
        max_length=2,
        description="pictures of things to show again; 'the shown thing' and 'the second shown "
        "thing' in prompt and phrases mean them",
    ),
]


class ConceptsOption(RowOption[tuple[ArtifactRef, ...]]):
    """The adapter finds the decoded pictures in the row's ``pictures``."""

    name = "concepts"
    default: tuple[ArtifactRef, ...] = ()
    abilities = MappingProxyType({"concepts": "show the thing of a given picture again"})


CONCEPTS = OPTION = ConceptsOption()
