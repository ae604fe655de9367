"""A low-rank change of a model's matrices (Hu et al., "LoRA", 2021): what fitting adds to the built-in model.

Importing this module is cheap; torch and safetensors are imported when a change is read.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ModelError

if TYPE_CHECKING:
    import torch


def read_change(path: Path) -> "dict[str, torch.Tensor]":
    """The arrays of a file by their names, in single precision. Raises ModelError where it cannot be read."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return {name: value.float() for name, value in load_file(path).items()}
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"{path} cannot be read: {error}; reinstall onrecord") from error


def add_change(encoder: Any, fitted: "Mapping[str, torch.Tensor]") -> None:
    """Add to each matrix, in place, the product of its two thin ones, "name.up" (out, rank) and "name.down" (rank, in).

    Arrays of other names are passed over. Raises ModelError where a matrix or its other half is missing, or is of
    another shape; the encoder may then be changed in part.
    """
    import torch

    try:
        with torch.no_grad():
            for name, up in fitted.items():
                if name.endswith(".up"):
                    module = name.removesuffix(".up")
                    weight, product = encoder.get_submodule(module).weight, up @ fitted[f"{module}.down"]
                    if product.shape != weight.shape:
                        raise ModelError(f"the change of {module} does not fit the built-in model; reinstall onrecord")
                    weight += product
    except (AttributeError, KeyError, RuntimeError) as error:
        raise ModelError(f"the change does not fit the built-in model: {error}; reinstall onrecord") from error
