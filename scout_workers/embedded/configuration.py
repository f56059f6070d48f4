"""The server's settings: a laptop's, and no setting of safety given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scout_workers.embedded.folders import write_privately

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scout_workers.embedded.folders import Folders
    from scout_workers.embedded.identity import Identity

FILE = "scout_workers.conf"
"""What the server is started on; rewritten each time."""

_LOCAL = "local.conf"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # The path of a socket may not exceed 107 bytes, which somebody's data folder will.
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
    # An index built in parallel needs more shared memory than a container is given.
    "max_parallel_maintenance_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "cluster_name": "scout-workers",
    # A file a weekday, each emptied when its day comes round: a week of log, never more.
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgres-%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %a ",
    "log_checkpoints": "off",
    # Details and statements quote rows, and rows hold payloads and prompts.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

# Loopback and a password: nothing else, for nobody, on no path.
_ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"


def write(folders: Folders, identity: Identity, options: Mapping[str, str]) -> None:
    """Write the settings and access rules that the next start reads.

    Args:
        folders: Where the cluster is.
        identity: Who will read them.
        options: Settings that differ from the usual ones.

    Raises:
        FolderNotWritableError: The disk is full.
    """
    values = (_SETTINGS | dict(options)).items()
    lines = [
        "include 'postgresql.conf'",  # what initdb found out about this system
        *(f"{name} = {_quoted(value)}" for name, value in values),
        f"include '{_LOCAL}'",
    ]
    if not (folders.cluster / _LOCAL).exists():
        write_privately(folders.cluster / _LOCAL, "# Settings of your own: read last.\n", identity)
    write_privately(folders.cluster / FILE, "\n".join(lines) + "\n", identity)
    write_privately(folders.cluster / "pg_hba.conf", _ACCESS, identity)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
