"""The texts of a demo become vectors; an imitated provider's model is borrowed for its own demo.

Which model makes an installation's vectors is not for a demo to change. An imitated provider's is
built beside the one that is asked, compared in the demo's search, and retired; what it made lies
there for the next time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from scout_workers import gathering
from scout_workers.app import embedding_changes
from scout_workers.demo.imitated import PROVIDERS
from scout_workers.domain.calls import ModelName
from scout_workers.store import embedding_models, embedding_pages, embedding_queue, organizations

if TYPE_CHECKING:
    from uuid import UUID

    from scout_workers.app import App
    from scout_workers.demo.hands import Hands
    from scout_workers.demo.telling import Stage
    from scout_workers.domain.embedding_models import EmbeddingModel
    from scout_workers.store import Store

_LOOK_EVERY_SECONDS = 0.2
_GATHER_EVERY_SECONDS = 5.0


def borrow(app: App, provider: str) -> EmbeddingModel | None:
    """Have a provider's model embed what is written, beside the one that is asked.

    Returns:
        The model, to be given back; None: the provider has none, or there are no vectors here, or
        texts of other organizations, which an imitation has no business with.
    """
    model = PROVIDERS[provider].embeds
    if model is None or not app.store.vectors:
        return None
    name = ModelName(provider, model)
    with app.store.transaction() as tx:
        if len(organizations.everyone(tx)) > 1:
            return None
        known = embedding_models.find(tx, name)
        if known is not None and not embedding_pages.missing(tx, known):
            return known
    return embedding_changes.build(app, name, None)


def give_back(store: Store, model: EmbeddingModel) -> None:
    """Have a borrowed model fed no more; its vectors lie there."""
    with store.transaction() as tx:
        embedding_models.retire(tx, model)


def left(store: Store, organization_id: UUID) -> int:
    """Count the texts that are still to be embedded."""
    if not store.vectors:
        return 0
    with store.transaction() as tx:
        return embedding_queue.left(tx, organization_id)


def wait(
    store: Store,
    organization_id: UUID,
    hands: Hands,
    stage: Stage,
    *,
    patience_seconds: float = 60.0,
) -> int:
    """Have all texts be embedded, and wait for it.

    A worker gathers them by itself, a few seconds after they were written; here it is asked to.

    Returns:
        How many are left: of those nothing has become for too long, and they are found by words.

    Raises:
        WorkerError: The worker ended.
    """
    total = before = left(store, organization_id)
    changed_at = time.monotonic()
    asked_at = float("-inf")
    while True:
        now = time.monotonic()
        still = left(store, organization_id)
        total = max(total, still)
        stage.at(total - still, total)
        if still != before:
            before, changed_at = still, now
        if not still or now - changed_at > patience_seconds:
            return still
        if now - asked_at > _GATHER_EVERY_SECONDS:
            gathering.gather_texts().send()
            asked_at = now
        if hands.ended_within(_LOOK_EVERY_SECONDS):
            raise hands.failed(f"The worker ended with {still} texts still to embed.")
