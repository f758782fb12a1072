"""What a LLaVA model is asked, in its own chat form. Light: the training asks the same way."""

from __future__ import annotations

from typing import Any, Literal

Style = Literal["short", "long"]

INSTRUCTIONS: dict[Style, str] = {
    "short": "Describe the picture in one sentence.",
    "long": "Describe the picture in detail.",
}
MAX_TOKENS: dict[Style, int] = {"short": 64, "long": 256}
"""The most tokens a description may have."""
MAX_ANSWER_TOKENS = 32

BUNDLED_TEMPLATE = (
    "{% for message in messages %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %} question : {{ part['text'] }}{% endif %}"
    "{% endfor %}{% endfor %}{% if add_generation_prompt %} answer :{% endif %}"
)
"""The chat form of the bundled model."""


def chat_text(tokenizer: Any, words: str, image_token: str | None) -> str:
    """One turn of a person in a model's chat form, up to where the model is to speak.

    Args:
        tokenizer: a tokenizer with a chat template, or one without, which gets LLaVA 1.5's.
        image_token: stands for the picture; None: a turn without one.
    """
    if getattr(tokenizer, "chat_template", None):
        parts = [{"type": "image"}] if image_token else []
        turn = [{"role": "user", "content": [*parts, {"type": "text", "text": words}]}]
        return str(tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True))
    picture = f"{image_token}\n" if image_token else ""
    return f"USER: {picture}{words} ASSISTANT:"
