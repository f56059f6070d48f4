"""The house's rules that no linter has: each takes a file's text and returns what breaks it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    Rule: TypeAlias = Callable[[str], list[str]]

MAX_LINES = 250

# The glossary has "message"; these words are other people's.
FOREIGN_WORDS = {"job", "jobs", "task", "tasks"}
# As queue.Queue names them: whoever stands in for one answers to these.
BORROWED_NAMES = {"task_done", "unfinished_tasks"}

# What does not survive PgBouncer in transaction mode.
SESSION_STATE = re.compile(
    r"(?:\A|;)\s*(?:LISTEN|UNLISTEN|NOTIFY|DISCARD|PREPARE|DEALLOCATE|LOAD)\b"
    r"|\bpg_notify\b"
    r"|(?:\A|;)\s*SET\s+(?!LOCAL\b|CONSTRAINTS\b|TRANSACTION\b)"
    r"|\bpg_(?:try_)?advisory_(?:lock|unlock)\w*"
    r"|\bCREATE\s+(?:LOCAL\s+)?TEMP(?:ORARY)?\b"
    r"|\bWITH\s+HOLD\b"
    r"|\bset_config\s*\([^()]*,\s*false\s*\)",
    re.IGNORECASE,
)


def too_long(text: str) -> list[str]:
    """A file somebody must be able to hold in their head."""
    count = len(text.splitlines())
    return [f"{count} lines, more than {MAX_LINES}"] if count > MAX_LINES else []


def foreign_words(text: str) -> list[str]:
    """Names of ours that say job or task, where the glossary says message."""
    return [
        f"line {line}: {name}"
        for name, line in _defined_names(text)
        if name not in BORROWED_NAMES and FOREIGN_WORDS & {part.lower() for part in _words(name)}
    ]


def unnamed_threads(text: str) -> list[str]:
    """Threads and pools that a stack dump would show as Thread-7."""
    wanted = {"Thread": "name", "ThreadPoolExecutor": "thread_name_prefix"}
    return [
        f"line {call.lineno}: {name}() without {wanted[name]}="
        for call, name in _calls(text)
        if name in wanted and wanted[name] not in {keyword.arg for keyword in call.keywords}
    ]


def sleeps(text: str) -> list[str]:
    """Waiting for time to pass instead of for something to happen."""
    return [f"line {call.lineno}: sleep()" for call, name in _calls(text) if name == "sleep"]


def swallowed_errors(text: str) -> list[str]:
    """Handlers that catch everything and do nothing about it."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and _is_empty(node.body):
            found.append(f"line {node.lineno}: an except that catches everything and says nothing")
        if (
            isinstance(node, ast.Call)
            and _name_of(node.func) == "suppress"
            and any(map(_is_broad, node.args))
        ):
            found.append(f"line {node.lineno}: suppress() of everything")
    return found


def unexplained_silences(text: str) -> list[str]:
    """A checker silenced without a code, or without the reason beside it."""
    found = []
    for token in _comments(text):
        if not re.search(r"\bnoqa\b|type:\s*ignore", token.string):
            continue
        reason = re.sub(
            r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w,\s-]+\])?)",
            "",
            token.string,
        )
        if not re.search(r"noqa:|ignore\[", token.string):
            found.append(f"line {token.start[0]}: silences everything; name what")
        elif not re.search(r"\w", reason):
            found.append(f"line {token.start[0]}: silenced without a reason")
    return found


def leftovers(text: str) -> list[str]:
    """Marks of work that was not finished."""
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error"))
    return [
        f"line {number}: {match[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        if (match := re.search(rf"\b(?:{marks})\b", line))
    ]


def test_names_that_are_no_sentence(text: str) -> list[str]:
    """Tests whose name does not say what holds."""
    return [
        f"line {node.lineno}: {node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and len(node.name.split("_")) < 4
    ]


# Not a test itself, whatever pytest makes of its name.
test_names_that_are_no_sentence.__test__ = False  # type: ignore[attr-defined]  # pytest reads it


def mocks(text: str) -> list[str]:
    """Stand-ins for our own code: a test of them proves nothing of it."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import) and any("mock" in alias.name for alias in node.names):
            found.append(f"line {node.lineno}: imports mock")
        if isinstance(node, ast.ImportFrom) and "mock" in (node.module or "").split("."):
            found.append(f"line {node.lineno}: imports from mock")
        if isinstance(node, ast.Call) and _name_of(node.func) == "setattr" and node.args:
            target = ast.unparse(node.args[0])
            if target.strip("'").startswith("scout_workers"):
                found.append(f"line {node.lineno}: replaces {target}")
    return found


def session_state(sql: str) -> list[str]:
    """SQL that means something only to the session that said it."""
    return [f"{match[0].strip()!r}" for match in SESSION_STATE.finditer(_without_comments(sql))]


def no_reason_on_top(sql: str) -> list[str]:
    """A statement that does not say why it is as it is."""
    first = sql.lstrip().splitlines()[0] if sql.strip() else ""
    said = re.findall(r"\w+", first.removeprefix("--"))
    return [] if first.startswith("--") and len(said) >= 3 else ["no reason on top"]


def sql_in_strings(text: str) -> Iterator[str]:
    """Yield the string constants of a module that look like SQL."""
    tree = ast.parse(text)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    verbs = (
        r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|SET|LISTEN|UNLISTEN|NOTIFY|CREATE|ALTER|DROP|DISCARD"
        r"|PREPARE|DEALLOCATE|LOAD|DECLARE|BEGIN)\s"
    )
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documented
            and re.match(verbs, node.value)
        ):
            yield node.value


def _without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/", "", sql, flags=re.DOTALL)


def _words(identifier: str) -> list[str]:
    return re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text).readline)


def _defined_names(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def _comments(text: str) -> Iterator[tokenize.TokenInfo]:
    return (token for token in _tokens(text) if token.type == tokenize.COMMENT)


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _calls(text: str) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            yield node, _name_of(node.func)


def _is_broad(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(map(_is_broad, kind.elts))
    return kind is None or _name_of(kind) in {"Exception", "BaseException"}


def _is_empty(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(node, ast.Pass | ast.Continue)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in body
    )
