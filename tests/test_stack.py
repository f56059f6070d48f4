from __future__ import annotations

from dramatiq import middleware as stock

from scout_workers import stack
from scout_workers.middleware.deadline_limit import DeadlineLimit
from scout_workers.middleware.departure import Departure
from scout_workers.middleware.lifecycle import Lifecycle
from scout_workers.middleware.limits import Limits
from scout_workers.middleware.log_context import LogContext


def test_the_stack_keeps_the_order_its_parts_rely_on() -> None:
    order = [type(each) for each in stack.middleware()]
    assert order[0] is Departure, "its last hook ends the process"
    assert order[1] is Lifecycle, "nobody but the departure acts after resources are closed"
    assert order[-1] is DeadlineLimit
    retries = next(i for i, each in enumerate(order) if issubclass(each, stock.Retries))
    assert order.index(LogContext) < retries, "the outcome is logged after it is decided"
    assert order.index(stock.Pipelines) < retries, "a dead message passes no result on"
    assert stock.TimeLimit not in order


def test_every_option_of_dramatiqs_usual_stack_is_known_but_the_shutdown_notice() -> None:
    known = {option for each in stack.middleware() for option in each.actor_options}
    usual = {option for each in stock.default_middleware for option in each().actor_options}
    assert usual - known == {"notify_shutdown"}


def test_the_limits_are_the_ones_that_were_given() -> None:
    limit = stack.middleware(attempt_seconds=1, limit_seconds=2, exit_seconds=3)[-1]
    assert isinstance(limit, DeadlineLimit)
    assert limit.limits == Limits(1, 2, 3)
