from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st
from hypothesis.extra import numpy as npst

from gradus.errors import BadFile, Usage
from gradus.io.table import read_csv

IRIS = "length,width,kind\n5.1,3.5,setosa\n6.7,3.1,virginica\n4.9,3.0,setosa\n"


@pytest.fixture
def write(tmp_path):
    def write_file(content: str | bytes):
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def refusal(path, label=None, error=BadFile, **options) -> str:
    with pytest.raises(error) as caught:
        read_csv(path, label, **options)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message


# --- accepted --------------------------------------------------------------------------------------------------------


def test_names_numbers_and_classes(write):
    table = read_csv(write(IRIS), "kind")
    assert table.columns == ("length", "width") and table.label == "kind"
    assert table.features.dtype == np.float32
    np.testing.assert_array_equal(table.features, np.array([[5.1, 3.5], [6.7, 3.1], [4.9, 3.0]], np.float32))
    assert table.classes == ("setosa", "virginica") and table.labels.tolist() == [0, 1, 0]


@settings(max_examples=50)
@given(npst.arrays(np.float32, npst.array_shapes(min_dims=2, max_dims=2), elements={"allow_nan": False}))
def test_what_numpy_writes_is_read_back(tmp_path_factory, array):
    array = np.nan_to_num(array)
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    np.savetxt(path, array, fmt="%.9g", delimiter=",")
    np.testing.assert_array_equal(read_csv(path, header=False).features, array)


def test_a_label_by_position(write):
    for label in (2, -1, "2", "-1"):
        assert read_csv(write(IRIS), label).label == "kind"
    table = read_csv(write("1,7,2\n3,8,4\n"), 1)
    assert table.columns == ("x1", "x3") and table.label == "x2" and table.classes == ("7", "8")


def test_a_name_goes_before_a_position(write):
    assert read_csv(write("a,1,0\n1,2,3\n"), "0", header=True).label == "0"


def test_a_table_without_labels(write):
    table = read_csv(write("a,b\n1,2\n"))
    assert table.labels is None and table.classes == () and table.label is None


def test_values_to_predict(write):
    table = read_csv(write("a,y\n1,2.5\n3,4\n"), "y", task="regression")
    assert table.labels.tolist() == [2.5, 4] and table.labels.dtype == np.float32 and table.classes == ()


def test_columns_that_are_left_out_may_hold_anything(write):
    table = read_csv(write("id,a,name,y\nx1,1,Ann,0\nx2,2,,1\n"), "y", drop=["id", "name"])
    assert table.columns == ("a",) and table.features.tolist() == [[1], [2]]


def test_a_byte_order_mark_spaces_and_quotes(write):
    table = read_csv(write(b'\xef\xbb\xbf"a", b ,y\r\n"1", 2 , cat \r\n3,4,dog\r\n'), "y")
    assert table.columns == ("a", "b") and table.features.tolist() == [[1, 2], [3, 4]]
    assert table.classes == ("cat", "dog")


def test_a_formula_in_a_label_is_text(write):
    assert read_csv(write("a,y\n1,=cmd()\n2,b\n"), "y").classes == ("=cmd()", "b")


@pytest.mark.parametrize(
    ("text", "rows"),
    [("a,b\n1,2\n", 1), ("1,2\n3,4\n", 2), ("1,cat\n2,dog\n", 2), ("1,2\n", 1), ("a,kind\n1,cat\n", 1)],
)
def test_a_header_is_a_line_of_texts_above_numbers(write, text, rows):
    label = 1 if "cat" in text else None
    assert len(read_csv(write(text), label).features) == rows


def test_a_header_with_numbers_among_its_names_must_be_declared(write):
    path = write("label,0,1\n7,0,255\n")
    assert "line 1 mixes names and numbers; set header to true or to false" in refusal(path)
    assert read_csv(path, "label").columns == ("0", "1")  # the label names a column: so there are names
    assert read_csv(path, 0, header=True).classes == ("7",)
    assert "line 1, column 'x1': 'label' is not a number" in refusal(path, header=False)


# --- refused ---------------------------------------------------------------------------------------------------------


def test_no_rows(write):
    assert "is empty" in refusal(write(""))
    assert "is empty" in refusal(write("\n\n"))
    assert "has a header but no rows" in refusal(write("a,b\n"))
    assert "has a header but no rows" in refusal(write("a,1\n"), header=True)


@pytest.mark.parametrize(
    "cell", ["", "nan", "inf", "-inf", "1e999", "1e39", "0x1F", "1_000", "１２", '" 1,5"', "abc", "=1+1", "-"]
)
def test_what_is_no_number_is_refused_by_line_and_column(write, cell):
    assert "line 3, column 'b':" in refusal(write(f"a,b\n1,2\n3,{cell}\n"))
    message = refusal(write(f'a,b,y\n1,2,"on two\nlines"\n3,{cell},one\n'), "y")
    assert "line 4, column 'b':" in message


def test_too_large_for_float32_is_refused_and_the_largest_is_not(write):
    assert read_csv(write("1,3.4028234e38\n"), header=False).features.max() == np.finfo(np.float32).max
    assert read_csv(write("1,3.4028235e38\n"), header=False).features.max() == np.finfo(np.float32).max
    for text in ("3.4028236e38", "-1e39", "1e999"):
        assert "line 2, column 'x2': the number is larger" in refusal(write(f"1,2\n1,{text}\n"), header=False)
    assert read_csv(write(f"1,{2**63}\n"), header=False).features[0, 1] == 2.0**63


def test_labels(write):
    assert "line 3: the label is empty" in refusal(write("a,y\n1,x\n2,\n"), "y")
    assert "line 3: the label '3.0' is neither a name nor a whole number" in refusal(write("a,y\n1,2\n2,3.0\n"), "y")
    assert "line 2: the value to predict: 'x' is not" in refusal(
        write("a,y\n1,x\n"), "y", task="regression", header=True
    )


def test_names_of_columns(write):
    assert "columns 1 and 3 are both named 'a'" in refusal(write("a,b, a\n1,2,3\n"))
    assert "line 1: column 2 has no name" in refusal(write("a,,c\n1,2,3\n"))


def test_a_column_that_is_not_there(write):
    path = write(IRIS)
    assert "no column 'kid'; did you mean 'kind'? (it has length, width, kind)" in refusal(path, "kid", Usage)
    assert "no column 3, it has 3" in refusal(path, 3, Usage)
    assert "no column 'idd'" in refusal(path, "kind", Usage, drop=["idd"])
    assert "both the label and dropped" in refusal(path, "kind", Usage, drop=["kind"])
    assert "no column besides 'y'" in refusal(write("y\n1\n2\n"), "y")


def test_another_delimiter_is_guessed_only_to_say_so(write):
    assert "line 1: one column; ';' seems to stand between values, set delimiter to it" in refusal(write("a;b\n1;2\n"))
    assert read_csv(write("a;b\n1;2\n"), delimiter=";").columns == ("a", "b")


def test_an_unknown_task(write):
    with pytest.raises(Usage, match="task is 'clustering'"):
        read_csv(write(IRIS), "kind", task="clustering")


def test_a_folder_and_a_missing_file(tmp_path):
    assert "is a folder" in refusal(tmp_path)
    assert "No such file" in refusal(tmp_path / "missing.csv")


def test_memory_stays_near_the_size_of_the_file(write):
    content = "1.234567,2.345678,3.456789,4.567891\n" * 50_000
    path = write(content)
    tracemalloc.start()
    try:
        assert read_csv(path).features.shape == (50_000, 4)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(content)


# --- anything at all -------------------------------------------------------------------------------------------------

PIECES = ["1", "2.5", "a", ",", ";", "\n", "\r", '"', "\0", " ", "nan", "1e999", "_", "\ufeff", "é", "-", "=", "１"]


@settings(max_examples=500)
@given(
    st.one_of(
        st.binary(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map(lambda p: "".join(p).encode())
    ),
    st.sampled_from([None, 0, -1, "a"]),
    st.sampled_from(["classification", "regression"]),
)
@example(b"a,b\n1\n", None, "classification")
def test_any_bytes_are_a_table_or_refused(tmp_path_factory, content, label, task):
    path = tmp_path_factory.mktemp("any") / "table.csv"
    path.write_bytes(content)
    try:
        table = read_csv(path, label, task=task)
    except (BadFile, Usage) as error:
        assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
    else:
        assert np.isfinite(table.features).all() and table.features.shape[1] == len(table.columns) > 0
        assert label is None or len(table.labels) == len(table.features)
