"""Every served pipeline class keeps the promises of a row adapter."""

from __future__ import annotations

import generation_models
import pytest
import torch

from maquette.contracts.row_adapter import RowAdapterContract
from maquette.model_servers.generation.adapters.contract import RowAdapter
from maquette.model_servers.generation.load import load_adapter
from maquette.model_servers.generation.pack import open_pack

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

SAVED = {
    "layout_flow": lambda path: generation_models.save_layout_flow(path, ports=True),
    "stable_diffusion": generation_models.save_stable_diffusion,
    "sdxl": generation_models.save_stable_diffusion_xl,
    "flux": generation_models.save_flux,
}


@pytest.fixture(scope="module", params=list(SAVED))
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RowAdapter:
    torch.set_num_threads(1)  # Tiny models gain nothing by a second one.
    folder = SAVED[request.param](tmp_path_factory.mktemp("pipeline") / request.param)
    pack = open_pack(str(folder))
    return load_adapter(pack, device=torch.device("cpu"), dtype=torch.float32)


class TestLoadedAdapters(RowAdapterContract):
    @pytest.fixture
    def adapter(self, loaded: RowAdapter) -> RowAdapter:
        return loaded
