from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.fold.cache import Cache


def test_what_is_known_to_be_absent_is_not_the_same_as_unknown() -> None:
    cache = Cache[int](2)

    cache.put("gone", None)

    assert "gone" in cache
    assert "new" not in cache
    assert cache.get("gone") is cache.get("new") is None


def test_what_is_used_stays() -> None:
    cache = Cache[int](3)

    cache.put("mine", 1)
    for number in range(50):
        assert cache.get("mine") == 1
        cache.put(str(number), number)

    assert "mine" in cache
    assert "0" not in cache


@given(st.integers(1, 4), st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=80))
def test_it_never_lies_and_never_grows_past_twice_its_size(size: int, uses: list[tuple[bool, int]]) -> None:
    cache, truth = Cache[int](size), dict[str, int]()

    for number, (puts, key) in enumerate(uses):
        if puts:
            cache.put(str(key), number)
            truth[str(key)] = number
        elif str(key) in cache:
            assert cache.get(str(key)) == truth[str(key)]
        assert len(cache) <= 2 * size
