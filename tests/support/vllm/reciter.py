"""Make a small Llama that recites one answer to one prompt: a real model for a real server.

It is trained in well under a minute until it has the answer by heart, so that what a served
language model says is known, while all of the serving (chat template, grammar, sampling) is real.
"""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

START, END, PERSON, MODEL = "<s>", "</s>", "<person>", "<model>"
TEMPLATE = (
    START + "{% for m in messages %}"
    "{{ '" + MODEL + "' if m.role == 'assistant' else '" + PERSON + "' }}{{ m.content }}"
    "{% endfor %}" + MODEL
)
MAX_STEPS = 400


def make_reciter(folder: Path, messages: list[dict[str, str]], answer: str) -> None:
    """Write a model directory (safetensors) that answers ``messages`` with ``answer``."""
    tokenizer = _tokenizer([answer, *(m["content"] for m in messages)])
    prompt = tokenizer.apply_chat_template(messages, tokenize=False)
    ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    told = len(ids)
    ids += [*tokenizer(answer, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=128,
            intermediate_size=256,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=16_384,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.eos_token_id,
        )
    )
    _learn(model, torch.tensor([ids]), told)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)


def _tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1_200,
        special_tokens=[START, END, PERSON, MODEL],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        chat_template=TEMPLATE,
    )


def _learn(model: LlamaForCausalLM, ids: torch.Tensor, told: int) -> None:
    """Train until every token of the answer is the likeliest by far."""
    labels = ids.clone()
    labels[:, :told] = -100
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    for _ in range(MAX_STEPS):
        loss = model(input_ids=ids, labels=labels).loss
        if float(loss.detach()) < 0.003:
            return
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    raise AssertionError(f"the reciter did not learn its answer: loss {float(loss.detach()):.3f}")
