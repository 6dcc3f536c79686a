"""Trackers are reached by Axolotl's own keys (use_wandb, use_trackio, ...); here is only what its pins break."""

from __future__ import annotations

import inspect
from typing import Any


def mend_trackio() -> None:
    """Let `use_trackio` begin: Axolotl pins a Trackio whose `init` knows no `bucket_id`, and a transformers that always
    gives it one, None where nothing is set. Axolotl has no key that would set it. A newer Trackio stays as it is."""
    import trackio

    begin = trackio.init
    if "bucket_id" in inspect.signature(begin).parameters:
        return

    def init(*args: Any, bucket_id: None = None, **kwargs: Any) -> Any:
        return begin(*args, **kwargs)

    trackio.init = init
