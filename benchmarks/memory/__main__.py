"""Resident memory of ``newsclf tag`` on a stream that is made as it is read.

    python -m benchmarks.memory --megabytes 10000 --jobs 2

One in a thousand records is broken and one is three megabytes long. Prints what was resident at
most, of the process and of all it started, as the stream went on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

from benchmarks.shared import records, write_figures

FIGURES_FILE = Path(__file__).with_name("memory.json")


def write(stream: BinaryIO, size: int, written: list[int]) -> None:
    try:
        for line in records():
            stream.write(line)
            written[0] += len(line)
            if written[0] >= size:
                break
        stream.close()
    except BrokenPipeError:
        pass


def resident(root: int) -> tuple[int, int]:
    """Return kilobytes resident in a process, and in it and all its descendants."""
    sizes, parents = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = dict(
                    line.split(":", 1) for line in (entry / "status").read_text().splitlines()
                )
            except (OSError, ValueError):
                continue
            sizes[int(entry.name)] = int(fields.get("VmRSS", "0 kB").split()[0])
            parents[int(entry.name)] = int(fields["PPid"])
    family = {root}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return sizes.get(root, 0), sum(sizes.get(pid, 0) for pid in family)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path, default=FIGURES_FILE)
    options = parser.parse_args()
    command = [sys.executable, "-m", "newsclf", "tag", "-", "-o", "/dev/null", "--rejects"]
    command += ["/dev/zero", "--format", "jsonl", "--jobs", str(options.jobs)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    written = [0]
    size = options.megabytes * 10**6
    started = time.monotonic()
    threading.Thread(target=write, args=(process.stdin, size, written), daemon=True).start()
    rows, most, total, due = [], 0, 0, 0
    print(f"{'MB read':>9} {'process MB':>11} {'all MB':>8}")
    while process.poll() is None:
        alone, family = resident(process.pid)
        most, total = max(most, alone), max(total, family)
        if written[0] >= due:
            rows.append([written[0] // 10**6, alone // 1000, family // 1000])
            print(f"{rows[-1][0]:9} {rows[-1][1]:11} {rows[-1][2]:8}", flush=True)
            due += size // 10
        time.sleep(0.2)
    account = process.stderr.read().decode().strip()
    figures = {
        "megabytes": options.megabytes,
        "jobs": options.jobs,
        "most_mb": most // 1000,
        "most_with_workers_mb": total // 1000,
        "seconds": round(time.monotonic() - started),
        "steps": rows,
    }
    print(f"at most {figures['most_mb']} MB, {figures['most_with_workers_mb']} MB with workers")
    print(account)
    write_figures(options.json, figures)


if __name__ == "__main__":
    main()
