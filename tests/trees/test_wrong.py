"""What is wrong in a TOML file is told in one line, with the file and the line in it."""

import pytest

from storage_combinators import Disk, open_store
from storage_combinators.edges.open_store import UsageError
from storage_combinators.edges.rewrap import nodes

GOOD = """\
# line 1
tree = "cache"
files = "./files"
[cache]
class = "Cache"
fast = { class = "Memory" }
[cache.slow]
class = "Relative"
base = "a/b"
source = "files"
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('tree = "cache"', 'tre = "cache"', 1, "no node is called tree"),
        ('tree = "cache"', 'tree = "cach"', 2, "no node is called 'cach', and no class; a path begins with ./"),
        ('tree = "cache"', 'tree = "memry:"', 2, "no store is called memry"),
        (
            'tree = "cache"',
            "tree = 3",
            2,
            "a store is meant here: a URL, a path, a name, or a table with a class; not 3",
        ),
        ('tree = "cache"', 'tree = ["cache"]', 2, "a store is meant here"),
        ('tree = "cache"', 'tree = "JsonCodec"', 2, "a store is meant here, and a JsonCodec is none"),
        ('tree = "cache"', 'tree = "cache"\nother = "Memory"', 3, "nothing uses 'other'"),
        ('files = "./files"', 'files = "cache"', 3, "a tree cannot contain itself: tree / cache / files / cache"),
        ('files = "./files"', 'files = "./trees.toml"', 3, "contains itself"),
        ('files = "./files"', 'files = "./nowhere.toml"', 3, "No such file or directory"),
        ('files = "./files"', 'files = "s3://me:hunter2@"', 3, "write s3://bucket/prefix"),
        ('files = "./files"', 'files = "${NOT_SET_ANYWHERE}/x"', 3, "the environment has no NOT_SET_ANYWHERE"),
        ("[cache]", "[cache", 4, "this is no TOML: Expected ']'"),
        ('class = "Cache"', 'class = "exit"', 6, "has no 'fast'; it has code"),
        ('source = "files"', 'source = { class = "sys:exit" }', 10, "SystemExit"),
        ('class = "Cache"', 'klass = "Cache"', 4, 'a table is a node, and says which: class = "Cache"'),
        ('class = "Cache"', 'class = "Cach"', 5, "storage_combinators has no 'Cach'"),
        ('class = "Cache"', 'class = "no_such_module:Cache"', 5, "'no_such_module' cannot be imported"),
        ('class = "Cache"', 'class = "os:sep"', 5, "os:sep is no class, nor a function that makes a store"),
        ("fast =", "fst =", 6, "Cache has no 'fst'; it has fast, slow"),
        ('fast = { class = "Memory" }\n', "", 4, "Cache needs fast too"),
        ('{ class = "Memory" }', '{ class = "Memory", cell = 1 }', 6, "Memory has no 'cell'"),
        ('{ class = "Memory" }', "{ }", 6, "a table is a node"),
        ('base = "a/b"', 'base = "a//b"', 9, "'' is no name"),
        ('base = "a/b"', "base = 3", 9, "is meant here, not 3"),
        (
            'source = "files"',
            "source = { class = 'Retry', source = 'files', pauses = 'no' }",
            10,
            "a list is meant here, not 'no'",
        ),
        (
            'source = "files"',
            "source = { class = 'Small', source = 'files', limit = '3' }",
            10,
            "int is meant here, not '3'",
        ),
        ('source = "files"', "source = { class = 'Disk', root = 'x', safety = 'none' }", 10, "'power'"),
        ('source = "files"', "source = 'files'\nsource = 'files'", 11, "this is no TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(wrong, old, new, line, said):
    assert old in GOOD
    number, text = wrong(GOOD.replace(old, new, 1))
    assert said in text
    assert number == line
    assert "hunter2" not in text


def test_the_line_of_what_is_wrong_in_a_list_is_its_own(wrong):
    sources = (
        'sources = [\n  "memory:",\n  { class = "Json", source = "memory:" },\n  { class = "Jsn", source = "x" },\n]'
    )
    number, text = wrong(f'[tree]\nclass = "Levels"\n{sources}\n')
    assert (number, text) == (6, "storage_combinators has no 'Jsn'")


def test_one_name_for_two_places_that_must_be_two_is_told_with_its_line(wrong):
    number, text = wrong('disk = "./d"\n[tree]\nclass = "Cache"\nfast = "disk"\nslow = "disk"\n')
    assert number == 2
    assert "one store in two places that must be two stores" in text


def test_a_string_without_an_end_is_told_at_the_end(wrong):
    number, text = wrong('tree = "memory:"\nx = """\nabc\n\n')
    assert (number, text) == (3, "this is no TOML: Unterminated string")


@pytest.mark.parametrize("deep", ["[" * 5000 + "]" * 5000, '{class="ReadOnly",source=' * 900 + '"memory:"' + "}" * 900])
def test_what_is_too_deep_is_said_to_be(made, deep):
    with pytest.raises(UsageError, match="too deep"):
        made(f"tree = {deep}")


def test_a_chain_of_names_that_is_too_deep_is_said_to_be_where_it_is(wrong):
    chain = [f'n{n} = {{ class = "ReadOnly", source = "n{n + 1}" }}' for n in range(400)]
    number, text = wrong("\n".join(['tree = "n0"', *chain, 'n400 = "memory:"']))
    assert text.startswith("this is no tree: it is too deep (RecursionError: ")
    assert 50 < number < 400


def test_a_class_that_calls_itself_for_ever_is_told_with_its_words(wrong, tmp_path, monkeypatch):
    (tmp_path / "endless_of_toml.py").write_text("def made():\n    raise RecursionError('made calls made')\n")
    monkeypatch.syspath_prepend(tmp_path)
    number, text = wrong('tree = { class = "endless_of_toml:made" }')
    assert (number, text) == (1, "this is no tree: it is too deep (RecursionError: made calls made)")


def test_the_good_one_is_good(made):
    assert len(nodes(made(GOOD))) == 4


def test_a_file_that_is_no_text_and_one_that_is_not_there(tmp_path):
    (tmp_path / "x.toml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"x\.toml:1: this is no TOML"):
        open_store(tmp_path / "x.toml")
    with pytest.raises(UsageError, match=r"y\.toml: No such file"):
        open_store(str(tmp_path / "y.toml"))
    (tmp_path / "z.toml").mkdir()
    assert open_store(tmp_path / "z.toml") == Disk(tmp_path / "z.toml")


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2secret",
        "it's \\ two\nlines",
        "hunter2:secret",
        "Hunter2",
        "redis://u:hunter2@h:port/0",
        "hunter2/secret",
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        'class = "Encrypted"\nsource = "memory:"\nkeys = "${PHRASE}"',
        'class = "Encrypted"\nsource = "memory:"\nkeys = ["${PHRASE}", 3]',
        'class = "Small"\nsource = "memory:"\nlimit = "${PHRASE}"',
        'class = "Compressed"\nsource = "memory:"\ncodec = "${PHRASE}"',
        'class = "Relative"\nsource = "memory:"\nbase = "a//${PHRASE}"',
        'class = "ReadOnly"\nsource = "${PHRASE}.toml"',
        'class = "ReadOnly"\nsource = "redis://:${PHRASE}@h:port/0/n"',
        'class = "ReadOnly"\nsource = "nowhere:${PHRASE}"',
        'class = "${PHRASE}"',
        'class = "Condition"\ntest = "${PHRASE}"\nthen = "memory:"\notherwise = "memory:"',
    ],
)
def test_what_the_environment_says_is_in_no_message(wrong, monkeypatch, written, secret):
    monkeypatch.setenv("PHRASE", secret)
    said = wrong(f"[tree]\n{written}\n")[1]
    assert not any(word in said.lower() for word in ("hunter2", "secret", "two"))


def test_a_message_names_the_variable(wrong, monkeypatch):
    monkeypatch.setenv("PHRASE", "hunter2secret")
    assert wrong('[tree]\nclass = "Small"\nsource = "memory:"\nlimit = "${PHRASE}"\n') == (
        4,
        "int is meant here, not '${PHRASE}'",
    )
