"""The tokenizer of the planner's language model, and how a chat is rendered for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from maquette.training.language.pairs import Pair

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

START, END, PERSON, MODEL = "<s>", "</s>", "<person>", "<model>"
VOCABULARY = 6_000
# The first message of the person alone is rendered. The system message holds the rules and a card
# for each tool, some thousand tokens that are the same for every request: a model of this size
# learns what they say from its pairs, and could not read them. What comes behind the request (its
# own answer and what was wrong with it) it was not taught to read either, so it says the same
# again, and the planner falls back.
TEMPLATE = (
    START
    + PERSON
    + "{{ (messages | selectattr('role', 'equalto', 'user') | first).content }}"
    + MODEL
)
# What stands between the words of an answer (braces, keys, nulls) is one piece, so that it becomes
# one token: two thirds of an answer are such. Words have no space before them and digits stand
# alone, so that a word of the request is the same tokens in the answer, wherever it stands.
_BETWEEN = r"""(?:"[a-z0-9_]+": |""|null|true|false|"?[\[\]{},]+ ?)+"?"""
_PIECES = rf"{_BETWEEN}|\p{{Han}}|\p{{N}}|[\p{{L}}\p{{M}}]+| |[^\p{{L}}\p{{M}}\p{{N}} ]"


def train_tokenizer(texts: Iterable[str], size: int = VOCABULARY) -> Tokenizer:
    """Byte-pair merges inside the pieces of these texts.

    Args:
        size: tokens at most.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[START, END, PERSON, MODEL],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def served(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    """The tokenizer as transformers and vLLM load it, with the chat template."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        chat_template=TEMPLATE,
    )


def prompt(user: str) -> str:
    """What the template makes of a chat whose first message of the person is this."""
    return f"{START}{PERSON}{user}{MODEL}"


def encoded(pairs: Sequence[Pair], tokenizer: Tokenizer) -> list[tuple[list[int], int]]:
    """The tokens of each pair, and how many of them are the prompt."""
    prompts = tokenizer.encode_batch([prompt(one.user) for one in pairs])
    answers = tokenizer.encode_batch([one.answer for one in pairs])
    end = tokenizer.token_to_id(END)
    assert end is not None, "every tokenizer here has the end mark"
    return [
        ([*told.ids, *said.ids, end], len(told.ids))
        for told, said in zip(prompts, answers, strict=True)
    ]
