"""The right to raise asynchronous exceptions in a thread, and the end of that right."""

from __future__ import annotations

import ctypes
import threading

_set_pending = ctypes.pythonapi.PyThreadState_SetAsyncExc


class Interruption:
    """Lets other threads interrupt the one that made this, until `close` returns.

    Opened and closed under the lock under which the exception is raised: so it strikes either
    before `close` is done, where the caller expects it, or never. Dramatiq's own TimeLimit has no
    such end: an exception raised there may land while the message is being acknowledged, where
    nothing catches it, and takes the worker thread and its message along.
    """

    def __init__(self) -> None:
        self._thread_id = ctypes.c_ulong(threading.get_ident())
        self._lock = threading.Lock()
        self._open = True
        self._raised = False

    @property
    def is_open(self) -> bool:
        """Whether the thread has not closed it yet."""
        return self._open

    def interrupt(self, exception: type[BaseException]) -> bool:
        """Raise `exception` in the thread; False if it is too late.

        It strikes when the thread next runs Python: a call that blocks in C is not ended by it.
        Striking inside a finalizer or a weak reference's callback it is lost, for the interpreter
        swallows whatever these raise: so it is worth repeating.
        """
        with self._lock:
            if not self._open:
                return False
            self._raised = True
            _set_pending(self._thread_id, ctypes.py_object(exception))
        return True

    def close(self) -> None:
        """Be out of reach once this has returned.

        Called from the interrupted thread, as often as one likes. An exception that was raised but
        has not struck yet strikes at some call in here or is taken back: none is pending after.
        One that strikes before the lock is taken leaves this open: close it again.
        """
        with self._lock:
            self._open = False
            if self._raised:
                # No Python function between: the interpreter looks for the exception at a call's
                # end, and at the end of this one there is none.
                _set_pending(self._thread_id, None)
