"""The training of the planner's language model: it learns, goes on, and is written to be served."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from maquette.training.language.card import model_card
from maquette.training.language.export import export_model, load
from maquette.training.language.pairs import Pair
from maquette.training.language.run import NONE, DecoderRecipe, DecoderRun, answered
from maquette.training.language.score import greedy
from maquette.training.language.tokens import prompt, served, train_tokenizer
from maquette.training.recipes.driver import follow

TOY = DecoderRecipe(hidden=64, layers=2, heads=1, inner=128, batch_tokens=700, warmup=5)
THINGS = ["cat", "dog", "owl", "fox", "hen", "cow", "pig", "bee", "ant", "bat"]
COLOURS = ["red", "blue", "green", "white", "black"]


def pair(number: int, thing: str, colour: str) -> Pair:
    text = f"a {colour} {thing}, please: “{number}”"
    answer = {"refusal": None, "nodes": [{"thing": thing, "colour": colour, "text": str(number)}]}
    return Pair(
        f"{number}.0",
        text,
        0,
        "en",
        number % 7 == 0,
        json.dumps({"request": text}, ensure_ascii=False),
        json.dumps(answer),
    )


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return [pair(k, THINGS[k % 10], COLOURS[k // 10]) for k in range(50)]


@pytest.fixture(scope="module")
def tokenizer(pairs: list[Pair]) -> Tokenizer:
    return train_tokenizer([text for one in pairs for text in (one.user, one.answer)], 500)


def test_a_word_is_the_same_tokens_wherever_it_stands(tokenizer: Tokenizer) -> None:
    """So that copying a word of the request is repeating its tokens; digits stand alone."""
    asked = tokenizer.encode('{"request": "a red cat, please: “17”"}').tokens
    said = tokenizer.encode('{"refusal": null, "nodes": [{"thing": "cat", "text": "17"}]}').tokens
    assert "cat" in asked and "cat" in said
    assert asked.count("1") == asked.count("7") == said.count("1") == said.count("7") == 1


@pytest.mark.parametrize(
    "text", ['say "hi" {1}', '画一只猫："你好"', "a\tb\\n  ñ é 👩‍🎤", '[{"a": ""}]']
)
def test_any_text_comes_back_from_its_tokens(tokenizer: Tokenizer, text: str) -> None:
    """Also letters, signs and scripts that it was not trained on."""
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_the_template_renders_the_request_alone(tokenizer: Tokenizer) -> None:
    """Not the system message, and nothing that comes behind the request."""
    said = [("system", "rules"), ("user", "a cat"), ("assistant", "{}"), ("user", "mend it")]
    messages = [{"role": role, "content": content} for role, content in said]
    assert served(tokenizer).apply_chat_template(messages, tokenize=False) == prompt("a cat")


def test_only_answers_count_and_padding_changes_nothing(
    pairs: list[Pair], tokenizer: Tokenizer, tmp_path: Path
) -> None:
    """What is right is the answer and its end; beside a longer pair it is judged the same."""
    run = DecoderRun(tmp_path, pairs, tokenizer, TOY)
    short, long = run.taught[0], run.taught[-1]
    alone, gold = answered(run.model, [short])
    both, golds = answered(run.model, [short, long])
    assert gold.tolist() == short[0][short[1] :]
    assert golds.tolist() == [*gold.tolist(), *long[0][long[1] :]]
    assert NONE not in golds.tolist()
    assert torch.allclose(alone, both[: len(alone)], atol=1e-5)


def test_batches_hold_what_was_asked_for_and_repeat(
    pairs: list[Pair], tokenizer: Tokenizer, tmp_path: Path
) -> None:
    """At most so many tokens with padding, the same at the same step, none that is kept."""
    run = DecoderRun(tmp_path, pairs, tokenizer, TOY)
    assert len(run.taught) == sum(not one.kept for one in pairs)
    for step in range(30):
        batch = run._batch(step)
        assert batch == run._batch(step)
        assert len(batch) * max(len(ids) for ids, _ in batch) <= TOY.batch_tokens


@pytest.mark.slow
def test_thirty_steps_lower_the_loss_and_a_resumed_run_is_the_same(
    pairs: list[Pair], tokenizer: Tokenizer, tmp_path: Path
) -> None:
    """The loss on kept pairs falls by a third; in two parts the same weights come out."""
    whole = DecoderRun(tmp_path / "whole", pairs, tokenizer, TOY)
    before = whole.score()["kept"]
    steps = list(whole.steps(0, lambda k: k / 30))
    assert len(steps) == 30
    logits, gold = answered(whole.model, whole.kept)
    after = float(torch.nn.functional.cross_entropy(logits, gold).detach())
    assert after < 0.67 * before

    first = DecoderRun(tmp_path / "parts", pairs, tokenizer, TOY)
    for step in first.steps(0, lambda k: k / 30):
        if step.index == 9:
            break
    first.save(10, 1.0)
    second = DecoderRun(tmp_path / "parts", pairs, tokenizer, TOY)
    assert second.restore() == 10
    list(second.steps(10, lambda k: k / 30))
    for mine, other in zip(whole.parameters, second.parameters, strict=True):
        np.testing.assert_allclose(mine.detach(), other.detach(), atol=1e-6)


@pytest.mark.slow
def test_an_exported_model_loads_and_answers_as_it_was_trained(
    pairs: list[Pair], tokenizer: Tokenizer, tmp_path: Path
) -> None:
    """The folder is whole: transformers loads it, and its answer is the network's own."""
    run = DecoderRun(tmp_path, pairs, tokenizer, TOY)
    follow(run, tmp_path, None, 30, ["answer"])
    folder = export_model(run, pairs, tmp_path / "model", requests=0)
    names = {path.name for path in folder.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "MODEL_CARD.md"} <= names
    assert json.loads((folder / "config.json").read_text())["architectures"] == ["LlamaForCausalLM"]
    model, again = load(folder)
    assert again.encode(prompt("a red cat")).ids == tokenizer.encode(prompt("a red cat")).ids
    ids = torch.tensor([tokenizer.encode(prompt(pairs[1].user)).ids])
    with torch.no_grad():
        mine, read = run.average.module(ids).logits, model(ids).logits
    assert torch.allclose(mine, read, atol=0.05)
    assert isinstance(greedy(model, again)(pairs[1].user), str)


def test_the_card_says_what_was_measured_or_that_nothing_was() -> None:
    """Figures only where there are some."""
    one = {"requests": 40.0, "schema": 0.975, "checks": 0.9, "right": 0.5}
    assert "| all | 40 | 97.5 % | 90.0 % | 50.0 % |" in model_card(2_700_000, 9, {"all": one})
    assert "Not measured." in model_card(2_700_000, 9, None)
