"""A low-rank change: what is added to which matrix."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from index.errors import ModelError
from index.lowrank import add_change, read_change


def test_the_product_of_two_thin_matrices_is_added_to_one_and_nothing_to_another(tmp_path: Path) -> None:
    encoder = nn.ModuleDict({"one": nn.Linear(3, 2, bias=False), "other": nn.Linear(3, 2, bias=False)})
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    up, down = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.5, 0.0, -1.0]])
    save_file({"one.up": up.half(), "one.down": down.half(), "head.weight": up}, tmp_path / "change.safetensors")
    add_change(encoder, read_change(tmp_path / "change.safetensors"))
    after = encoder.state_dict()
    assert torch.allclose(
        after["one.weight"] - before["one.weight"], torch.tensor([[0.5, 0.0, -1.0], [1.0, 0.0, -2.0]])
    )
    assert torch.equal(after["other.weight"], before["other.weight"])


@pytest.mark.parametrize(
    "fitted",
    [
        {"none.up": torch.ones(2, 1), "none.down": torch.ones(1, 3)},
        {"one.up": torch.ones(2, 1)},
        {"one.up": torch.ones(2, 1), "one.down": torch.ones(1, 7)},
        {"one.up": torch.ones(1, 1), "one.down": torch.ones(1, 3)},
    ],
)
def test_a_change_of_another_model_is_refused(fitted: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ModelError, match=r"fit the built-in model.*reinstall"):
        add_change(nn.ModuleDict({"one": nn.Linear(3, 2)}), fitted)


def test_a_file_that_is_not_there_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be read.*reinstall"):
        read_change(tmp_path / "none.safetensors")
