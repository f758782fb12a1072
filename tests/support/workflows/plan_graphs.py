"""Plans that are any graph without cycles, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from maquette.records.plan import Call, Plan


def call(name: str, *after: str) -> Call:
    """A call that reads what others give."""
    arguments = {f"a{i}": {"$ref": f"{one}.out"} for i, one in enumerate(after)}
    return Call(id=name, tool="t", arguments=arguments)


@st.composite
def dags(draw: st.DrawFn, most: int = 8) -> Plan:
    """1 to ``most`` calls, in any order."""
    size = draw(st.integers(1, most))
    nodes = []
    for index in range(size):
        before = [f"n{i}" for i in range(index)]
        after = draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        nodes.append(call(f"n{index}", *after))
    return Plan(nodes=tuple(draw(st.permutations(nodes))), outputs=())
