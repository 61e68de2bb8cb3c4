"""A description is the constructor calls that it stands for."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage_combinators import (
    Cache,
    Copier,
    Json,
    JsonCodec,
    Locked,
    Logging,
    Memory,
    Mount,
    PassThrough,
    Queue,
    Ref,
    Relative,
    Sequential,
    Serialized,
    Switch,
)
from storage_combinators.edges.compose import compose


@given(st.lists(st.sampled_from([PassThrough, Json, Locked]), max_size=6))
def test_a_list_is_a_stack_outermost_first(kinds):
    expected = Memory()
    for kind in reversed(kinds):
        expected = kind(expected)
    assert compose([*kinds, Memory]) == expected


def test_instances_are_used_as_they_are():
    memory = Memory()
    assert compose([Json, memory]).source is memory
    assert compose([memory]) is memory


def test_a_dict_is_named_fields():
    memory = Memory()
    assert compose([Cache, {"fast": Memory, "slow": [Json, memory]}]) == Cache(Memory(), Json(memory))
    assert compose([Json, Relative, {"source": memory, "base": Ref("a")}]) == Json(Relative(memory, Ref("a")))
    assert compose([Serialized, {"source": Memory, "codec": JsonCodec}]) == Serialized(Memory(), JsonCodec())


def test_a_dict_whose_keys_are_no_fields_is_routes():
    assert compose([Switch, {"a": Memory, "b": [Json, Memory]}]) == Switch({"a": Memory(), "b": Json(Memory())})
    assert compose([Switch, {"routes": {"a": Memory}}]) == Switch({"a": Memory()})
    assert compose([Switch, {}]) == Switch({})
    expected = Mount(Memory(), {Ref("p"): Json(Memory())})
    assert compose([Mount, {"source": Memory, "points": {Ref("p"): [Json, Memory]}}]) == expected


def test_a_list_inside_is_several_sources():
    assert compose([PassThrough, Sequential, [Memory, [Json, Memory]]]) == PassThrough(
        Sequential((Memory(), Json(Memory())))
    )


def test_functions_take_their_source():
    assert compose([partial(Relative, base=Ref("a")), Memory]) == Relative(Memory(), Ref("a"))


def test_filters_are_described_alike():
    memory, other = Memory(), Memory()
    log = [Queue, Copier, {"source": memory, "target": other}]
    assert compose([Logging, {"source": memory, "log": log}]) == Logging(memory, Queue(Copier(memory, other)))


@pytest.mark.parametrize(
    ("description", "where"),
    [
        ([], r"^description: an empty list describes no store$"),
        ([Json, []], r"^description\[1\]: an empty list describes no store$"),
        ([Memory, Memory(), Memory], r"^description\[1\]: a Memory stands before another element"),
        ([Json], r"^description\[0\]: .*missing 1 required positional argument: 'source'$"),
        ([Cache, {"fast": Memory, "slow": [Json, "disk"]}], r"^description\[1\]\['slow'\]\[1\]: a str is no store$"),
        ([Cache, {"fast": Memory}], r"^description\[0\]: .*missing 1 required positional argument: 'slow'$"),
        ([Cache, {"fast": Memory, "slwo": Memory}], r"^description\[0\]: .*'slow'$"),
        ([Sequential, [Memory, 5]], r"^description\[1\]\[1\]: a int is no store$"),
        ([Switch, {"a": 5}], r"^description\[1\]\['a'\]: a int is no store$"),
        ([PassThrough, 5], r"^description\[1\]: a int is no store$"),
        ([str, Memory], r"^description\[0\]: a str is no store$"),
        ([Queue, print], r"^description\[1\]: a builtin_function_or_method is no store$"),
        ([Copier, {"source": Memory, "target": Memory}], r"^description: a Copier is a filter, no store$"),
        ([Json, "http://user:hunter2@host"], r"^description\[1\]: a str is no store$"),
    ],
)
def test_an_error_is_one_line_that_says_where(description, where):
    with pytest.raises(ValueError, match=where) as raised:
        compose(description)
    assert "\n" not in str(raised.value)
