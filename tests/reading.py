"""Helpers for tests of readers."""

import json

from newsclf.inputs import ReadOptions, Row, find_files, read_rows

TEXT = "近年来，淳安县改造老旧小区。"


def read(path, **options):
    return list(read_rows(find_files([path])[0], ReadOptions(**options)))


def outcome(rows):
    """What became of each row: its text, or the code of its reject."""
    return [str(row.article) if isinstance(row, Row) else row.code for row in rows]


def put(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def line(**record):
    return json.dumps(record, ensure_ascii=False) + "\n"
