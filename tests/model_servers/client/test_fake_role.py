"""The scripted role keeps the promises of a real one."""

from __future__ import annotations

import pytest

from maquette.contracts.model_client import DIGEST, measure, texts
from maquette.contracts.role_server import RoleServerContract, Served
from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.client.fake_role import ScriptedRole
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest


class TestScriptedRole(RoleServerContract):
    @pytest.fixture
    def served(self) -> Served:
        methods = {"embed_text": Method(EmbedTextRequest, EmbedTextReply, measure)}
        return Served(
            make=lambda: ScriptedRole(RoleName.EMBEDDING, methods, digest=DIGEST),
            requests=[("embed_text", texts("a", "bc"))],
        )
