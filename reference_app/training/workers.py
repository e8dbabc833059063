"""Processes that train together, one processor thread each.

Two processes of one thread get through more pictures than one of two threads, because the layers are small; and on a
busy machine threads wait for each other many times a layer, processes once a step.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def run_together(processes: int, work: Callable[..., object], *arguments: Any, meeting_file: Path) -> None:
    """Call `work(*arguments)` in so many new processes, and return when all have ended.

    Args:
        processes: how many.
        work: a function of a module, so that another process can import it.
        arguments: what it is called with.
        meeting_file: where the processes find each other; an old file is deleted.
    """
    from torch import multiprocessing

    meeting_file.unlink(missing_ok=True)
    multiprocessing.spawn(_join, (processes, str(meeting_file), work, arguments), nprocs=processes)


def rank() -> int:
    """The number of this process among those that train together; 0 alone."""
    from torch import distributed

    return int(distributed.get_rank()) if distributed.is_initialized() else 0


def share_gradients(model: Any) -> None:
    """Replace the gradients by their mean over all processes."""
    import torch
    from torch import distributed

    if not distributed.is_initialized():
        return
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    for gradient, shared in zip(gradients, flat.split([gradient.numel() for gradient in gradients]), strict=True):
        gradient.copy_(shared.view_as(gradient))


def use_one_thread() -> None:
    """Compute with one thread, and round numbers too small to matter to zero: they are slow."""
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


def _join(
    number: int, processes: int, meeting_file: str, work: Callable[..., object], arguments: tuple[Any, ...]
) -> None:
    from torch import distributed

    use_one_thread()
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    distributed.init_process_group("gloo", init_method=f"file://{meeting_file}", rank=number, world_size=processes)
    try:
        work(*arguments)
    finally:
        distributed.destroy_process_group()
