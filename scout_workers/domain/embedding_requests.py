"""What is asked of an embedding model, and under which key it is paid."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from scout_workers.domain.calls import Estimate, Lane
from scout_workers.domain.requests import Request

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from scout_workers.domain.embedding_models import EmbeddingModel

PURPOSE: Final = "embed"

_BYTES_A_TOKEN = 2  # models of English need four and more: an upper bound of the tokens


def request_for(
    model: EmbeddingModel,
    organization_id: UUID,
    texts: Sequence[str],
    *,
    subject_id: UUID,
    lane: Lane = Lane.LIVE,
    query: bool = False,
) -> Request:
    """Return the question whose answer is the vectors of these texts.

    Its key is made of what is asked, so that the same texts of an organization are paid once.

    Args:
        model: Who is asked.
        organization_id: Who pays.
        texts: What is asked, in this order.
        subject_id: The row it is for: a batch; of a search, the organization.
        lane: Live work, or history.
        query: Whether somebody searches for it; some models tell that apart.
    """
    data = [text.encode("utf-8", "replace") for text in texts]
    content = sha256(b"".join(sha256(each).digest() for each in data)).hexdigest()
    what = "query" if query else "texts"
    return Request(
        key=f"{PURPOSE}:{model.name}:{organization_id}:{what}:{content}",
        purpose=PURPOSE,
        subject_id=subject_id,
        organization_id=organization_id,
        camera_id=None,
        provider=model.provider,
        model=model.model,
        lane=lane,
        estimate=Estimate(input_tokens=sum(len(each) // _BYTES_A_TOKEN + 1 for each in data)),
    )
