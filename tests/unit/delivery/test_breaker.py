from __future__ import annotations

from services.delivery.rules.breaker import FAILURES_MAX, LOST_S, PAUSE_S_FIRST, PAUSE_S_MAX, PROBE_S_MAX, Breaker


def broken(now: float = 0.0) -> Breaker:
    breaker = Breaker(lambda: 1.0)
    for _ in range(FAILURES_MAX):
        breaker.failed(now, "away")
    return breaker


def test_a_few_failures_stop_nobody() -> None:
    breaker = Breaker(lambda: 1.0)

    news = [breaker.failed(0.0, "away") for _ in range(FAILURES_MAX - 1)]

    assert not any(news)
    assert breaker.wait_s(0.0) == 0.0


def test_an_answer_in_between_counts_anew() -> None:
    breaker = Breaker(lambda: 1.0)
    for _ in range(3):
        breaker.failed(0.0, "away")

    breaker.answered()

    assert not any(breaker.failed(0.0, "away") for _ in range(FAILURES_MAX - 1))


def test_so_many_in_a_row_and_the_platform_is_left_alone() -> None:
    breaker = broken()

    assert breaker.why == "away"
    assert breaker.wait_s(0.0) == PAUSE_S_FIRST
    assert breaker.wait_s(PAUSE_S_FIRST) == 0.0


def test_after_the_pause_one_may_try() -> None:
    breaker = broken()

    breaker.begun(PAUSE_S_FIRST)

    assert breaker.wait_s(PAUSE_S_FIRST) == PROBE_S_MAX
    breaker.unused()
    assert breaker.wait_s(PAUSE_S_FIRST) == 0.0


def test_each_trial_that_fails_makes_the_pause_longer_up_to_a_minute() -> None:
    breaker, now, waits = broken(), 0.0, []
    for _ in range(10):
        waits.append(breaker.wait_s(now))
        now += waits[-1]
        breaker.failed(now, "away")

    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == PAUSE_S_MAX


def test_a_trial_that_succeeds_lets_everybody_through() -> None:
    breaker = broken()

    assert breaker.answered()
    assert breaker.wait_s(0.0) == 0.0
    assert breaker.why is None
    assert not breaker.answered()


def test_a_refused_credential_is_news_once_and_rests_at_once() -> None:
    breaker = Breaker(lambda: 1.0)

    assert breaker.lost(0.0, "the token is refused")
    assert not breaker.lost(40.0, "the token is refused")
    assert breaker.wait_s(40.0) == LOST_S
    assert breaker.is_lost


def test_jitter_halves_a_pause_at_most() -> None:
    breaker = Breaker(lambda: 0.0)
    for _ in range(FAILURES_MAX):
        breaker.failed(0.0, "away")

    assert breaker.wait_s(0.0) == PAUSE_S_FIRST / 2


def test_requests_that_were_on_their_way_when_a_pause_began_do_not_make_it_longer() -> None:
    breaker = broken()

    news = [breaker.failed(0.1, "away") for _ in range(20)]

    assert not any(news)
    assert breaker.wait_s(0.1) == PAUSE_S_FIRST - 0.1
    breaker.failed(PAUSE_S_FIRST, "away")
    assert breaker.wait_s(PAUSE_S_FIRST) == 2 * PAUSE_S_FIRST


def test_a_request_that_ends_during_a_lost_credential_s_rest_does_not_end_the_rest() -> None:
    breaker = Breaker(lambda: 1.0)
    breaker.lost(0.0, "the token is refused")

    breaker.failed(0.1, "away")

    assert breaker.is_lost
    assert breaker.wait_s(0.1) == LOST_S - 0.1
