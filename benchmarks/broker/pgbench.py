"""What Postgres itself can do here: pgbench from the same wheel, with the table of ours."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

from scout_workers.embedded.installation import find_all

INSERT = """
INSERT INTO scout_broker.message
    (message_id, dedup_key, queue, actor, priority, state, available_at, payload)
VALUES (gen_random_uuid()::text, NULL, 'default', 'work_default', 0, 'ready',
        now(), convert_to(repeat('x', 220), 'UTF8'))
ON CONFLICT DO NOTHING;
"""
# A claim and an acknowledgement, :batch rows at a time, each its own commit.
CLAIM_THEN_ACK = """
WITH claimed AS (
    UPDATE scout_broker.message m
    SET state = 'leased', attempt = attempt + 1, leased_at = now(),
        lease_owner = '00000000-0000-0000-0000-000000000001'
    WHERE id = ANY (ARRAY(
        SELECT id FROM scout_broker.message WHERE state = 'ready' AND queue = 'default'
        ORDER BY priority, seq LIMIT :batch FOR UPDATE SKIP LOCKED))
    RETURNING id)
SELECT count(*) FROM claimed;
DELETE FROM scout_broker.message WHERE id = ANY (ARRAY(
    SELECT id FROM scout_broker.message
    WHERE state = 'leased' AND lease_owner = '00000000-0000-0000-0000-000000000001'));
"""


class NoPgbenchError(Exception):
    """There is no pgbench here, or it did not run; the sentence says why."""


def transactions_a_second(url: str, script: str, seconds: float, **variables: int) -> float:
    """Run a script with one client and return how often it was done a second.

    Raises:
        NoPgbenchError: It cannot be run.
    """
    installation = find_all()[-1]
    program = installation.program("pgbench")
    if not program.exists():
        raise NoPgbenchError(f"no pgbench beside {installation.program('postgres')}")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        defined = [f"--define={name}={value}" for name, value in variables.items()]
        command = [str(program), "--no-vacuum", "--client=1", f"--time={max(1, round(seconds))}"]
        done = subprocess.run(
            [*command, *defined, f"--file={file.name}", url],
            env=os.environ | {"LD_LIBRARY_PATH": str(Path(installation.root) / "lib")},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found:
        raise NoPgbenchError(f"pgbench: {done.stderr.strip()}")
    return float(found[1])
