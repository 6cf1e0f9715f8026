"""Coverage-guided fuzzing of the parsers: whatever the bytes, rows or rejects come out.

    python tests/fuzz/parsers.py TARGET [SECONDS]     one target, such as jsonl
    python tests/fuzz/parsers.py all [SECONDS]        each of them, one a core at a time

Needs the extra ``fuzz``. A crash leaves its input in the folder it was run in, as ``crash-...``.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["newsclf"]):
    from newsclf.errors import NewsclfError
    from newsclf.inputs import InputFile, ReadOptions, Reject, Row, read_rows
    from newsclf.labels.labelled import read_labelled
    from newsclf.pages import read_page
    from newsclf.records.codebook import Codebook
    from newsclf.text.decoding import decode

if sys.argv[1:2] == ["pdf"]:
    with atheris.instrument_imports(include=["pypdf"]):
        import pypdf  # noqa: F401

# Set for the process that fuzzes; the one that started it tidies up.
FOLDER = Path(os.environ.get("NEWSCLF_FUZZ", "."))
MEMORY = Path("/dev/shm")
TEXT = "近年来，淳安县改造老旧小区。"
SEEDS = {
    "text": [TEXT.encode(), TEXT.encode("gb18030"), TEXT.encode("utf-16")],
    "jsonl": [f'{{"id": 1, "text": "{TEXT}"}}\n{{"paragraphs": ["a"]}}\n'.encode()],
    "csv": [f'id,text\n1,"{TEXT}"\n'.encode(), b"id,text\r1,a\r"],
    "tsv": [f"id\ttext\n1\t{TEXT}\n".encode()],
    "html": [f"<html><title>t</title><body><p>{TEXT * 9}</p></body></html>".encode()],
    "pdf": [b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF"],
    "parquet": [b"PAR1" + b"\0" * 40 + b"PAR1"],
    "gzip": [b"\x1f\x8b\x08\0\0\0\0\0\0\x03K\x04\0C\xbe\xb7\xe8\x01\0\0\0"],
    "zst": [b"(\xb5/\xfd \x01\t\0\0a"],
    "page": [f"{TEXT}\n\n{TEXT}(方晓琳)\n".encode()],
    "labelled": [f'{{"id": "1", "title": "", "text": "{TEXT}", "labels": ["health"]}}\n'.encode()],
    "codebook": [b'{"name": "x", "version": "1", "themes": []}'],
}
OPTIONS = ReadOptions(max_record=1 << 16)


def rows(format: str, data: bytes, compression: str = "") -> None:
    path = FOLDER / "input"
    path.write_bytes(data)
    for row in read_rows([InputFile(path, "input", "input", format, compression)], OPTIONS):
        assert isinstance(row, (Row, Reject))
        if isinstance(row, Row):
            assert isinstance(str(row.article), str)
        else:
            assert row.code
            assert row.message


def target(name: str, data: bytes) -> None:
    if name in ("gzip", "zst"):
        rows("text", data, ".gz" if name == "gzip" else ".zst")
    elif name == "page":
        try:
            text = decode(data)
        except NewsclfError:
            return
        page = read_page(text, name="page")
        covered = sum(span.end - span.start for unit in page.articles for span in unit.spans)
        assert covered <= len(text)
    elif name in ("labelled", "codebook"):
        path = FOLDER / ("input.jsonl" if name == "labelled" else "input.json")
        path.write_bytes(data)
        with contextlib.suppress(NewsclfError):
            read_labelled(path) if name == "labelled" else Codebook.load(path)
    else:
        rows(name, data)


def fuzz(name: str, seconds: str) -> None:
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for i, seed in enumerate(SEEDS[name]):
        (corpus / str(i)).write_bytes(seed)
    limits = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=20", "-rss_limit_mb=2000"]
    atheris.Setup([sys.argv[0], *limits, str(corpus)], lambda data: target(name, data))
    atheris.Fuzz()


def main() -> int:
    wanted, seconds = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "20"
    if "NEWSCLF_FUZZ" in os.environ:
        fuzz(wanted, seconds)
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        names = list(SEEDS) if wanted == "all" else [wanted]
        for name, done in zip(names, pool.map(lambda n: start(n, seconds), names), strict=True):
            lines = done.stderr.splitlines()[-40 if done.returncode else -1 :]
            print(f"{name:10}", "\n".join(lines), flush=True)
            failed = failed or done.returncode
    return failed


def start(name: str, seconds: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        return subprocess.run(
            [sys.executable, __file__, name, seconds],
            env={**os.environ, "NEWSCLF_FUZZ": folder},
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )


if __name__ == "__main__":
    sys.exit(main())
