"""Training state on disk: everything a run needs to go on after it was stopped. Safetensors, no pickle."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from core.domain.errors import UserError
from core.networks.training.plan import Plan, refuse_other_plan


def save_checkpoint(
    path: Path, module: nn.Module, optimizer: Optimizer, *, step: int, seconds: float, plan: Plan
) -> None:
    """Write the state beside the old one and swap them, so that a stop in the middle loses nothing.

    Args:
        step: steps that are done.
        seconds: spent so far, in all sittings.
        plan: what the phase was begun with.

    Raises:
        UserError: the disk is full or the folder went away; the state that was saved before is still there.
    """
    tensors = {f"module.{name}": value.detach().cpu() for name, value in module.state_dict().items()}
    for index, entry in optimizer.state_dict()["state"].items():
        for key, value in entry.items():
            tensors[f"optimizer.{index}.{key}"] = torch.as_tensor(value).detach().cpu()
    progress = json.dumps({"step": step, "seconds": seconds})
    header = {"progress": progress, "plan": json.dumps(dict(plan))}
    fresh = path.with_suffix(".new")
    try:
        save_file({name: value.contiguous() for name, value in tensors.items()}, fresh, header)
        fresh.replace(path)
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"The state of the training cannot be written to {path}: {error}.",
            "Make room and give the command again; it goes on from the state that was saved before.",
        ) from error


def load_checkpoint(path: Path, module: nn.Module, optimizer: Optimizer, plan: Plan) -> tuple[int, float]:
    """Restore the state in place.

    Returns:
        Steps done and seconds spent; (0, 0.0) when there is no checkpoint yet.

    Raises:
        UserError: the checkpoint is damaged, or was begun with another plan.
    """
    if not path.is_file():
        return 0, 0.0
    refuse_other_checkpoint(path, plan)
    tensors = load_file(path)
    module.load_state_dict(_with_prefix(tensors, "module."), strict=False)
    state: dict[int, dict[str, Any]] = {}
    for name, value in _with_prefix(tensors, "optimizer.").items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    progress = json.loads(_header(path)["progress"])
    return int(progress["step"]), float(progress["seconds"])


def refuse_other_checkpoint(path: Path, plan: Plan) -> None:
    """Stop before hours are spent on what a checkpoint will not go on with; none is as good as one that fits.

    Raises:
        UserError: the checkpoint is damaged, was begun with another plan, or does not say with which.
    """
    if path.is_file():
        kept = _header(path).get("plan")
        refuse_other_plan(None if kept is None else json.loads(kept), plan, path)


def _header(path: Path) -> dict[str, str]:
    try:
        with safe_open(path, framework="pt") as stream:
            return dict(stream.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"The checkpoint {path} cannot be read.", "Delete it to begin its phase anew."
        ) from error


def _with_prefix(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
