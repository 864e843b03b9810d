import pytest
import torch

from core.networks.oom import run_with_back_off

CUDA, CPU = torch.device("cuda"), torch.device("cpu")


def test_every_item_comes_once_and_in_order_however_little_fits():
    seen = []

    def forward(batch, device):
        if device == CUDA and len(batch) > 2:
            raise torch.OutOfMemoryError
        seen.append((len(batch), device))
        return [item * 10 for item in batch]

    assert run_with_back_off(forward, list(range(7)), 8, CUDA, lambda: None) == [0, 10, 20, 30, 40, 50, 60]
    assert seen == [(2, CUDA), (2, CUDA), (2, CUDA), (1, CUDA)]


def test_when_one_does_not_fit_the_cpu_takes_over():
    def forward(batch, device):
        if device == CUDA:
            raise torch.OutOfMemoryError
        return batch

    assert run_with_back_off(forward, [1, 2, 3], 4, CUDA, lambda: None) == [1, 2, 3]


def test_when_nothing_fits_it_says_so():
    def forward(batch, device):
        raise torch.OutOfMemoryError

    with pytest.raises(torch.OutOfMemoryError):
        run_with_back_off(forward, [1], 1, CPU, lambda: None)
