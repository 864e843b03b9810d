"""Which device computes, in words and for torch."""

import os
import platform

import torch

from core.domain.errors import UserError

AUTO, CPU, CUDA = "auto", "cpu", "cuda"


def list_devices() -> tuple[str, ...]:
    """Devices that can be chosen here, the fastest first."""
    return (CUDA, CPU) if torch.cuda.is_available() else (CPU,)


def pick_device(name: str) -> torch.device:
    """The torch device of "auto", "cpu" or "cuda".

    Raises:
        UserError: the device is not there.
    """
    if name == AUTO:
        name = list_devices()[0]
    if name not in (CPU, CUDA):
        raise UserError(f"There is no device “{name}”.", "Choose auto, cpu or cuda.")
    if name == CUDA and not torch.cuda.is_available():
        raise UserError("No CUDA device is available.", "Choose cpu, or install a CUDA build of torch.")
    return torch.device(name)


def describe_device(device: torch.device) -> str:
    """For people: "CPU, 2 threads (x86_64)" or the GPU's name."""
    if device.type == CUDA:
        return torch.cuda.get_device_name(device)
    count = torch.get_num_threads()
    return f"CPU, {count} thread{'' if count == 1 else 's'} ({platform.machine()})"


def reduced_precision(device: torch.device) -> torch.autocast:
    """bf16 where the hardware computes in it: on CUDA, and on CPUs with AVX512-BF16 or AMX; else float32."""
    cpu = torch.cpu.get_capabilities()
    capable = device.type == CUDA or bool(cpu.get("avx512_bf16") or cpu.get("amx_bf16"))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=capable)


def use_physical_cores() -> None:
    """One thread a core that this process may use: more only fight for the vector units."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(max(1, count))
