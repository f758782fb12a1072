"""What a reader of requests answers, labelled by hand: tests that use it hang on no model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hand_labelled import Told, labelled

from maquette.model_servers.schemas.reading import ReadItem, ReadReply, ReadRequest, ReadSpan
from maquette.records.errors import ModelUnavailable

REST = {"image": 0.0, "text": 0.0}


def reply_of(text: str, *told: Told, kind: str = "image") -> ReadReply:
    """The answer for a request of one item; see ``hand_labelled.labelled`` for its pieces."""
    item = labelled(text, *told, kind=kind)
    spans = tuple(
        ReadSpan(
            label=one.label,
            start=one.start,
            end=one.end,
            probability=one.probability,
            heads=one.heads,
            objects=one.objects,
        )
        for one in item.pieces
    )
    kinds = {**REST, kind: 1.0}
    return ReadReply(
        spans=spans,
        items=(ReadItem(start=0, kinds=kinds),),
        read_to=len(item.text),
        digest="by hand",
        forward_s=0.0,
    )


def reading(
    known: Mapping[str, tuple[tuple[Told, ...], str]],
) -> Callable[[ReadRequest], ReadReply]:
    """A reader that knows these requests, each with its pieces and its kind, and no other."""
    replies = {
        labelled(text).text: reply_of(text, *told, kind=kind)
        for text, (told, kind) in known.items()
    }

    def read(asked: ReadRequest) -> ReadReply:
        if asked.text not in replies:
            raise ModelUnavailable(f"nobody has labelled {asked.text!r}")
        return replies[asked.text]

    return read
