"""A question and the words that are to answer it, read together: do they?

Importing this module is cheap; torch and transformers are imported when the verifier is first used.
"""

import threading
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from index.embed import built_in_folder, has_bfloat16
from index.errors import ModelError
from index.lowrank import add_change, read_change

if TYPE_CHECKING:
    import torch

# What `python -m tests.bench.fit_verifier` writes: a low-rank change of the built-in model's matrices (Hu et al.,
# "LoRA", 2021) and a small head, 1.4 MB in half precision.
WEIGHTS = Path(__file__).with_name("verifier.safetensors")
MAX_TOKENS = 176
"""Of a question and a text together; of what is longer, the end of the longer one is cut off."""
# Characters of a reporter's question that are read, from its end: what is asked stands last.
_MOST_ASKED = 200


class Verifier(Protocol):
    """Safe between threads."""

    def log_odds(self, question: str, text: str) -> float:
        """The natural logarithm of the odds that a text has the answer to a question; above 0, it rather has."""


class BuiltInVerifier:
    """The built-in model, fitted to read a question and a text at once; loads its weights on first use."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        # A fast tokenizer cannot be borrowed twice while it sets its truncation.
        self._lock = threading.Lock()

    def log_odds(self, question: str, text: str) -> float:
        """Raises ModelError where the weights cannot be read."""
        import torch

        encoder, head, tokenizer = self._loaded
        with self._lock:
            pair = tokenizer(question, text, truncation="longest_first", max_length=MAX_TOKENS, return_tensors="pt")
        with torch.inference_mode():
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
                tokens = encoder(**pair).last_hidden_state[0].float()
            return float(head(torch.cat([tokens[0], tokens.mean(dim=0)])))

    @cached_property
    def _loaded(self) -> "tuple[Any, torch.nn.Module, Any]":
        """The encoder with its change added, the head, and the tokenizer."""
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        folder, fitted = built_in_folder(), read_change(self._weights)
        try:
            encoder, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
            add_change(encoder, fitted)
            return encoder.eval(), _head(fitted), tokenizer
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"{self._weights} cannot be read: {error}; reinstall onrecord") from error


def reading(text: str, speaker: str | None, asked: str) -> str:
    """A text with who says it and the end of the reporter's question that it answers, as the verifier reads them.

    Of a long text, the question is what is cut off first.
    """
    who = f"{speaker}: " if speaker else ""
    question = " ".join(asked.split())[-_MOST_ASKED:]
    return f"{who}{text} (asked: {question})" if question else f"{who}{text}"


@cache
def built_in_verifier() -> BuiltInVerifier:
    """The one verifier of this process."""
    return BuiltInVerifier()


def _head(fitted: "dict[str, torch.Tensor]") -> "torch.nn.Module":
    from torch import nn

    hidden, inputs = fitted["head.0.weight"].shape
    head = nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, 1))
    head.load_state_dict(
        {name.removeprefix("head."): value for name, value in fitted.items() if name.startswith("head.")}
    )
    return head.eval()
