"""Runs a supervisor over chosen parts, as ``python -m maquette.infra.stack`` does over all.

``python dummy_stack.py DATA_DIR SPEC``, where SPEC is JSON: {"real": [part names],
"dummies": {name: [port, mode, file?]}, "guarded": [names], "needs": {name: [names]},
"idle_stop_s": number, "store_port": preferred port, "policy": {...}, "watch": {...},
"die_with": process id, "umask": number}.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.__main__ import _say
from maquette.infra.stack.parts.probes import http_probe
from maquette.infra.stack.parts.spec import PartSpec, stack_parts
from maquette.infra.stack.run import run_stack
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.ports import PortPicker
from maquette.infra.stack.supervision.runner import RestartPolicy
from maquette.infra.stack.supervision.watch import WatchPolicy
from maquette.records.errors import MaquetteError

DUMMY = Path(__file__).with_name("dummy_part.py")


def main() -> int:
    data_dir, spec = sys.argv[1], json.loads(sys.argv[2])
    settings = load_settings("test", overrides=overrides(data_dir, spec))
    os.umask(spec.get("umask", 0o022))

    def make_parts(resolved: Settings, folders: StackFolders, ports: PortPicker) -> list[PartSpec]:
        return [*stack_parts(resolved, folders, ports), *dummies(spec)]

    try:
        problem = run_stack(
            settings,
            idle_stop_s=spec.get("idle_stop_s", 0),
            report=_say,
            make_parts=make_parts,
            policy=RestartPolicy(
                **spec.get("policy", {}), watch=WatchPolicy(**spec.get("watch", {}))
            ),
            die_with=spec.get("die_with"),
        )
    except MaquetteError as error:
        sys.stderr.write(f"{error.message} {error.hint}\n")
        return 3
    return 0 if problem is None else 1


def overrides(data_dir: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "data_dir": data_dir,
        "stack.managed": spec.get("real", []),
        "store.endpoint": f"127.0.0.1:{spec.get('store_port', 0)}",
        "api.port": spec.get("api_port", 0),
    }


def dummies(spec: dict[str, Any]) -> list[PartSpec]:
    return [
        PartSpec(
            name=name,
            command=(sys.executable, str(DUMMY), *map(str, arguments)),
            ready=http_probe(f"http://127.0.0.1:{arguments[0]}/"),
            guarded=name in spec.get("guarded", ()),
            needs=tuple(spec.get("needs", {}).get(name, ())),
        )
        for name, arguments in spec.get("dummies", {}).items()
    ]


if __name__ == "__main__":
    sys.exit(main())
