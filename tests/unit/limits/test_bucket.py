"""The bucket against a model: never more than the limit, and never less."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.limits.bucket import SECOND_US, Bucket, Rate

RATES = st.builds(Rate, st.sampled_from([0.5, 1.0, 7.0, 200.0, 1_000.0, 10_000.0]), st.integers(1, 300))
STEPS = st.lists(st.tuples(st.integers(0, 3 * SECOND_US), st.integers(1, 300)), max_size=60)


@given(RATES, STEPS)
def test_no_span_of_time_sees_more_than_the_burst_and_the_rate(rate: Rate, steps: list[tuple[int, int]]) -> None:
    bucket, now_us, given_at = Bucket(), SECOND_US, list[tuple[int, int]]()
    for pause_us, cost in steps:
        now_us += pause_us
        given_at.append((now_us, bucket.take(now_us, rate, min(cost, rate.burst), cost).tokens))

    for first, (began_us, _) in enumerate(given_at):
        seen = 0
        for at_us, tokens in given_at[first:]:
            seen += tokens
            assert seen <= rate.burst + (at_us - began_us) / rate.interval_us


@given(RATES, STEPS)
def test_tokens_that_a_model_has_are_never_refused(rate: Rate, steps: list[tuple[int, int]]) -> None:
    bucket, now_us, there = Bucket(), SECOND_US, float(rate.burst)
    for pause_us, asked in steps:
        cost = min(asked, rate.burst)
        now_us += pause_us
        there = min(rate.burst, there + pause_us / rate.interval_us)
        found = bucket.take(now_us, rate, cost, cost).tokens
        assert found in {0, cost}
        assert found == cost or there < cost + 1e-6
        there -= found


@given(RATES, STEPS)
def test_who_comes_again_after_the_wait_is_taken_in(rate: Rate, steps: list[tuple[int, int]]) -> None:
    bucket, now_us = Bucket(), SECOND_US
    for pause_us, asked in steps:
        cost = min(asked, rate.burst)
        now_us += pause_us
        grant = bucket.take(now_us, rate, cost, cost)
        if not grant.tokens:
            assert bucket.take(now_us + grant.wait_us - 1, rate, cost, cost).tokens == 0, "the wait is no longer than needed"
            now_us += grant.wait_us
            assert bucket.take(now_us, rate, cost, cost).tokens == cost


def test_of_what_is_there_as_much_is_taken_as_may_be() -> None:
    bucket, rate = Bucket(), Rate(1.0, 10)

    assert bucket.take(SECOND_US, rate, 1, 7).tokens == 7
    assert bucket.take(SECOND_US, rate, 1, 7).tokens == 3
    assert bucket.take(SECOND_US, rate, 1, 7) == (0, SECOND_US)
