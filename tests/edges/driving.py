"""One random sequence of operations, and two stores that must answer it alike."""

from hypothesis import strategies as st

from storage_combinators import MISSING, Conflict, Missing, Ref, Refused

ANSWERS = (Missing, Conflict, Refused)


def operations(refs, values):
    """Lists of operations as plain data; `refs` and `values` are strategies."""
    old = st.one_of(st.just(MISSING), values)
    one = st.one_of(
        st.tuples(st.just("get"), refs),
        st.tuples(st.just("put"), refs, values),
        st.tuples(st.just("merge"), refs, values),
        st.tuples(st.just("delete"), refs),
        st.tuples(st.just("swap"), refs, old, old),
        st.tuples(st.just("refs"), refs, st.sampled_from([0, 1, None])),
    )
    return st.lists(one, max_size=12)


def outcome(store, operation):
    """The answer as a value: an answer that is an exception by its class, a listing sorted. Failures propagate."""
    verb, *arguments = operation
    try:
        answer = getattr(store, verb)(*arguments)
        return sorted(answer) if verb == "refs" else answer
    except ANSWERS as raised:
        return next(kind for kind in ANSWERS if isinstance(raised, kind))


def agree(one, two, steps):
    """Both answer every step alike, and at the end they hold the same."""
    for place, step in enumerate(steps):
        assert outcome(one, step) == outcome(two, step), f"step {place}: {step}"
    left, right = outcome(one, ("refs", Ref())), outcome(two, ("refs", Ref()))
    assert left == right
    if isinstance(left, list):
        for ref in left:
            assert outcome(one, ("get", ref)) == outcome(two, ("get", ref)), ref
