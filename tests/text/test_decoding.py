import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclf.errors import DecodingError, InputError
from newsclf.text.decoding import decode, detect, read_text

TEXT = "近日,家住嘉兴嘉善县的姚女士,带着两岁半的女儿,步行6分钟抵达公寓托育园。\n第二行写的是养老。"
HANT = "近日,家住嘉義縣的姚女士,帶著兩歲半的女兒,步行6分鐘抵達托育園。"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_an_encoding_is_found(encoding):
    assert decode(TEXT.encode(encoding)) == TEXT


def test_big5_is_told_from_gb18030():
    assert decode(HANT.encode("big5")) == HANT


def test_four_byte_gb18030():
    text = TEXT + "㐀𠀀"
    assert decode(text.encode("gb18030")) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\0", "\0"),
        (b"hello\0world!", "hello\0world!"),
        ("近日\0托育".encode(), "近日\0托育"),
        ("a\ufeffb".encode(), "a\ufeffb"),
        ("hello 1234".encode("utf-16-le"), "hello 1234"),
        (b"one\r\ntwo\r", "one\r\ntwo\r"),
    ],
)
def test_odd_texts_stay_as_they_are(data, text):
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (TEXT.encode()[:-1], "not utf-8 text: unexpected end of data at byte"),
        (TEXT.encode("gb18030")[:-1], "not gb18030 text"),
        (TEXT.encode("utf-16")[:-1], "not utf-16-le text: truncated data"),
        (TEXT.encode("utf-16-be")[:-1], "not utf-16-be text: truncated data"),
        (TEXT.encode() + b"\n" + TEXT[:9].encode("gbk"), "not utf-8 text"),
        ("\ud800".encode("utf-8", "surrogatepass"), "not "),
        (b"PK\x03\x04rest", "zip archive"),
        (b"%PDF-1.4", "PDF"),
        (bytes(range(128, 256)), "not "),
    ],
)
def test_what_is_no_text_is_an_error_with_file_cause_and_remedy(data, cause):
    with pytest.raises(DecodingError, match=cause) as caught:
        decode(data, name="a.txt")
    assert str(caught.value).startswith("a.txt: ")


def test_files_of_two_encodings_put_together_are_refused():
    mixed = "养老服务写得很长\n".encode("gb18030") * 20 + "儿童友好城市建设托起\n".encode()
    with pytest.raises(DecodingError, match="line 21 is UTF-8"):
        decode(mixed)


def test_a_named_encoding_is_used_and_no_other():
    assert decode("é".encode("latin-1"), "latin-1") == "é"
    with pytest.raises(DecodingError, match="--encoding"):
        decode(TEXT.encode("gbk"), "utf-8-sig")
    for wrong in ("utf-9", "rot13", "a\0b"):
        with pytest.raises(InputError, match="no text encoding"):
            decode(b"", wrong)


def test_a_sample_with_a_broken_line_is_still_utf8():
    assert detect(TEXT.encode() + b"\xff\n" + TEXT.encode()[:-1]) == "utf-8"


def test_read_text_names_the_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("gbk"))
    assert read_text(path) == TEXT
    with pytest.raises(InputError, match=r"b\.txt: cannot be read: No such file"):
        read_text(tmp_path / "b.txt")
    with pytest.raises(InputError, match="cannot be read"):
        read_text("a\0b")


@given(st.text())
def test_utf8_goes_round(text):
    data = text.encode("utf-8", "surrogatepass")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if (
        not data.startswith((b"\xff", b"\xfe", b"\xef\xbb\xbf", b"PK", b"%PDF", b"PAR1", b"\x1f"))
        and b"\0" not in data
    ):
        assert decode(data) == text


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_an_error(data):
    with contextlib.suppress(DecodingError):
        decode(data)


def test_a_short_line_that_could_be_either_stays_in_the_encoding_of_the_file():
    line = "年年".encode()
    data = "近年来，淳安县改造老旧小区，加装电梯。\n".encode("gb18030") + line
    assert decode(data, "gb18030").endswith(line.decode("gb18030"))
