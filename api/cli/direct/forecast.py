"""How a forecast looks in a terminal. Only builds; prints nothing."""

from __future__ import annotations

from rich.text import Text

from maquette.records.planning.forecast import Forecast, NodeForecast

TOLD = {
    "recorded": "from recorded runs",
    "declared": "as the tools declare it; no run is recorded yet",
    "mixed": "partly from recorded runs",
}


def forecast_lines(forecast: Forecast) -> Text:
    """The whole, with what it is based on, then a line for each node."""
    text = Text.assemble(
        ("forecast  ", "title"),
        f"about {_span(forecast.seconds, forecast.most_seconds)}, ",
        f"{_seconds(forecast.model_seconds)} of model time ",
        (f"({TOLD[forecast.basis]})", "quiet"),
    )
    for node in forecast.nodes:
        text.append_text(Text("\n  ")).append_text(_node(node))
    return text


def _node(node: NodeForecast) -> Text:
    runs = ", ".join(
        f"{tool}: {f'{count} runs' if count else 'declared'}" for tool, count in node.runs.items()
    )
    spans = f"  {_span(node.seconds, node.most_seconds)}"
    return Text.assemble((node.node, "name"), spans, (f"  {runs}", "quiet"))


def _span(seconds: float, most_seconds: float) -> str:
    told = _seconds(seconds)
    return told if _seconds(most_seconds) == told else f"{told}, at most {_seconds(most_seconds)}"


def _seconds(seconds: float) -> str:
    if seconds >= 120:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
