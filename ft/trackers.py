"""Trackers are reached by Axolotl's own keys (use_wandb, use_trackio, ...); here is only what its pins break."""

from __future__ import annotations

import inspect
from typing import Any


def mend_trackio(project: str | None) -> None:
    """Let `use_trackio` begin, under the recipe's `trackio_project_name`, which transformers does not hear of.

    Axolotl pins a Trackio whose `init` knows no `bucket_id`, and a transformers that always gives it one: None, for
    Axolotl has no key that would set it.
    """
    import trackio

    begin = trackio.init
    takes_bucket = "bucket_id" in inspect.signature(begin).parameters

    def init(**given: Any) -> Any:
        if not takes_bucket:
            given.pop("bucket_id", None)
        return begin(**given | ({"project": project} if project else {}))

    trackio.init = init  # type: ignore[assignment]
