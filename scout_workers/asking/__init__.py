"""Asking a model, as every actor that pays for an answer does it.

    question = asking.Question(store, blobs, call)      begin gave the call, and has committed
    result = question.answered(prepare, parse)          call, receipt, parse: no transaction is held
    question.fail(tx, failure)                          or why there is no answer

An answer that is there already is parsed, and nobody is asked. Else the model is asked, once; the
raw answer is kept before anybody parses it, in the blob store if the database stays away. An
overloaded or failing provider is asked no further: the next fallback is, under a ledger row of its
own. A paid answer that cannot be parsed is asked for once more, with what was wrong with it; never
a third time.
"""

from __future__ import annotations

from scout_workers.asking import spool
from scout_workers.asking.question import LONG_WAIT_SECONDS, WORTH_ASKING_SECONDS, Question

__all__ = ["LONG_WAIT_SECONDS", "WORTH_ASKING_SECONDS", "Question", "spool"]
