"""The first event of a run: everything that its decisions depend on."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from orchestrator.ledger import fund
from orchestrator.market import Limits
from protocols.events import RunOpened
from protocols.units import Money
from workers.ports import Worker


def genesis(
    *,
    seed: int,
    currency: str,
    budget: Money | None,
    workers: Iterable[Worker],
    config: Mapping[str, Any],
    limits: Limits,
) -> RunOpened:
    """Return the opening event; the digest of the configuration names the run."""
    config = {**config, "limits": limits.model_dump(mode="json")}
    canonical = json.dumps(config, sort_keys=True, separators=(",", ":"), allow_nan=False)
    digest = sha256(canonical.encode()).hexdigest()
    return RunOpened(
        run=digest[:12],
        version=version("truthbid"),
        seed=seed,
        currency=currency,
        budget=budget,
        participants=tuple(worker.participant for worker in workers),
        config=json.loads(canonical),
        config_digest=digest,
        transfers=fund(budget) if budget else (),
    )
