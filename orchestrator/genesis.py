"""The first event of a run: everything that its decisions depend on."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from orchestrator.market import Limits
from orchestrator.memory.ledger import fund
from protocols.events import RunOpened
from protocols.units import Money
from workers.ports import Worker

if TYPE_CHECKING:
    from workers.model_judge import ModelJudge


def genesis(
    *,
    seed: int,
    currency: str,
    budget: Money | None,
    workers: Iterable[Worker],
    judges: "Iterable[ModelJudge]" = (),
    config: Mapping[str, Any],
    limits: Limits,
) -> RunOpened:
    """Return the opening event; the digest of the configuration names the run.

    The order within mappings is kept: draws may go through them in it.

    Raises:
        ValueError: If the configuration has a number that JSON cannot say.
    """
    from importlib.metadata import version  # loads a parser of e-mail

    workers = tuple(workers)
    versions = [*(each.prompts for each in workers), *(each.prompts for each in judges)]
    config = {**config, "limits": limits.model_dump(mode="json")}
    written = json.dumps(config, separators=(",", ":"), allow_nan=False)
    digest = sha256(written.encode()).hexdigest()
    return RunOpened(
        run=digest[:12],
        version=version("truthbid"),
        seed=seed,
        currency=currency,
        budget=budget,
        participants=tuple(worker.participant for worker in workers),
        config=json.loads(written),
        config_digest=digest,
        prompts=dict(sorted(each for named in versions for each in named.items())),
        transfers=fund(budget) if budget else (),
    )
