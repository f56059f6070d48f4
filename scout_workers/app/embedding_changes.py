"""Changing the embedding model while it is searched: build, switch, retire.

    build     the model is registered, gets an index, and every text there is becomes due for it;
              workers embed them, as history, and new texts for both models
    switch    one commit: the new model is asked, the old one is retired and keeps its vectors
    retire    the old one's index and vectors go, a page at a time

Each step may be stopped anywhere and done again; searches find what they found, all the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scout_workers import gathering
from scout_workers.app import embedding_indexes
from scout_workers.app.errors import EmbeddingChangeError
from scout_workers.domain.embedding_models import DIMENSIONS, ModelState
from scout_workers.store import embedding_models, embedding_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from scout_workers.app.app import App
    from scout_workers.domain.calls import ModelName
    from scout_workers.domain.embedding_models import EmbeddingModel
    from scout_workers.store.embedding_models import ModelLine


class Progress(NamedTuple):
    """How far a model has come.

    Attributes:
        missing: Texts it has neither embedded nor refused.
        refused: Texts it would not embed.
    """

    missing: int
    refused: int


def _ignore(_: int) -> None:
    return None


def build(
    app: App,
    name: ModelName,
    dimensions: int | None,
    told: Callable[[int], None] = _ignore,
) -> EmbeddingModel:
    """Register a model, make its index, and have every text embedded that it does not have.

    Args:
        app: The program.
        name: Whose model, and which.
        dimensions: How many numbers its vectors have; None: as is known of it.
        told: Called with the number of texts of each page that was gone through.

    Raises:
        EmbeddingChangeError: The dimensions are not known, or are others than before.
        ModelError: No such provider is set up.
        psycopg.Error: The server refused; to make an index takes the tables' owner.
    """
    _with_vectors(app)
    app.models.provider(name.provider)
    wanted = dimensions or DIMENSIONS.get("/".join(name))
    with app.store.transaction() as tx:
        known = embedding_models.find(tx, name)
        if known is not None and wanted not in {None, known.dimensions}:
            raise EmbeddingChangeError(
                f"{known.name} is registered with {known.dimensions} dimensions and not {wanted}"
            )
        wanted = wanted if known is None else known.dimensions
        if wanted is None:
            raise EmbeddingChangeError(
                f"how many dimensions {'/'.join(name)} has is not known here: say it with "
                "--dimensions, as its documentation does"
            )
        model = embedding_models.register(tx, name, wanted)
    embedding_indexes.make(app.database_url, model)
    cursor = embedding_pages.START
    while True:
        with app.store.transaction() as tx:
            page = embedding_pages.fill(tx, model, cursor)
        if page is None:
            break
        cursor = page.last
        told(page.texts)
    gathering.gather_texts().send()
    return model


def models(app: App) -> list[ModelLine]:
    """List the models, the one that is asked first."""
    _with_vectors(app)
    with app.store.transaction() as tx:
        return embedding_models.every(tx)


def progress(app: App, model: EmbeddingModel) -> Progress:
    """Say how far a model has come."""
    with app.store.transaction() as tx:
        return Progress(embedding_pages.missing(tx, model), embedding_pages.refused(tx, model))


def switch(app: App, name: ModelName, *, force: bool = False) -> EmbeddingModel:
    """Have a model asked from now on, in one commit; the one that was is retired.

    Args:
        app: The program.
        name: The model.
        force: Even though it has not embedded everything yet.

    Raises:
        EmbeddingChangeError: It is not built, or not complete.
    """
    _with_vectors(app)
    with app.store.transaction() as tx:
        model = _known(embedding_models.find(tx, name), name)
        if model.state is ModelState.ACTIVE:
            return model
        if model.state is ModelState.RETIRED:
            raise EmbeddingChangeError(
                f"{model.name} is retired: `scout-workers embeddings build {model.name}` embeds "
                "what it does not have, then switch"
            )
        missing = embedding_pages.missing(tx, model)
        if missing and not force:
            raise EmbeddingChangeError(
                f"{model.name} has yet to embed {missing:,} texts, which would not be found by "
                "likeness: wait, or run `scout-workers embeddings build` again, or use --force"
            )
        embedding_models.switch(tx, model)
    return model


def retire(app: App, name: ModelName, told: Callable[[int], None] = _ignore) -> EmbeddingModel:
    """Retire a model that is not asked, and remove its index and its vectors, page by page.

    Args:
        app: The program.
        name: The model.
        told: Called with the number of rows of each page that was removed.

    Raises:
        EmbeddingChangeError: It is the one that is asked, or there is none of that name.
        psycopg.Error: The server refused; to drop an index takes the tables' owner.
    """
    _with_vectors(app)
    with app.store.transaction() as tx:
        model = _known(embedding_models.find(tx, name), name)
        if model.state is ModelState.ACTIVE:
            raise EmbeddingChangeError(
                f"{model.name} is the model that is asked: switch to another one first"
            )
        embedding_models.retire(tx, model)
    embedding_indexes.drop(app.database_url, model)
    while True:
        with app.store.transaction() as tx:
            removed = embedding_pages.remove(tx, model)
        if not removed:
            return model
        told(removed)


def retry(app: App, name: ModelName) -> int:
    """Have what a model refused embedded again, and say how many texts that are.

    Raises:
        EmbeddingChangeError: There is no model of that name.
    """
    _with_vectors(app)
    with app.store.transaction() as tx:
        count = embedding_pages.retry(tx, _known(embedding_models.find(tx, name), name))
    gathering.gather_texts().send()
    return count


def _known(model: EmbeddingModel | None, name: ModelName) -> EmbeddingModel:
    if model is None:
        raise EmbeddingChangeError(
            f"there is no embedding model {'/'.join(name)}: `scout-workers embeddings list` shows "
            "which there are"
        )
    return model


def _with_vectors(app: App) -> None:
    if not app.store.vectors:
        raise EmbeddingChangeError(
            "there are no vectors here (SCOUT_VECTOR_SEARCH=false): texts are found by their words"
        )
