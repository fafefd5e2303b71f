"""Real rounds of drand's quicknet, and draws that they decide."""

from __future__ import annotations

from collections.abc import Mapping

from services.engagement.rules.draws import Commitment, Entrant, Proof, Secrets, committed, listed, proven, secrets_of
from services.engagement.rules.draws.chains import QUICKNET, begins_s
from services.engagement.rules.draws.fields import LEAD_S

SIGNATURES: Mapping[int, bytes] = {
    number: bytes.fromhex(signature)
    for number, signature in {
        2: "b6b6a585449b66eb12e875b64fcbab3799861a00e4dbf092d99e969a5eac57dd3f798acf61e705fe4f093db926626807",
        3: "b3fab6df720b68cc47175f2c777e86d84187caab5770906f515ff1099cb01e4deaa027075d860823e49477b93c72bd64",
        1000: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
        1001: "b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41",
        657_413: "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
        5_928_395: "a5d07c0071b4e386b3ae09206522253c68fefe8490ad59ecc44a7dd0d0745be91da5779e2247a82403fbc0cb9a34cb61",
    }.items()
}
"""As drand's API told them, written down by others: 2 and 3 in ChainSafe/forest, src/beacon/signatures/tests.rs; 1000 and
1001 in the tests of Ideal Labs' verifier (`PULSE1000`, `PULSE1001`); 657413, with its randomness, in the README of
very-lame-username/python-drand-verify; 5928395 in a C# test of mcl, with the address of drand's API."""

RANDOMNESS: Mapping[int, str] = {
    1000: "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
    657_413: "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
}
"""As drand's API told it beside the signature, from the same places."""

SECRETS = secrets_of(b"a key of the service, of 32 bytes", "acme", "summer")


def members(count: int) -> dict[str, int]:
    return {f"telegram:{number}": 1 + number % 5 for number in range(count)}


def draw(
    weights: Mapping[str, int], *, round_: int = 1000, winners: int = 2, alternates: int = 1, secrets: Secrets = SECRETS
) -> tuple[Commitment, tuple[Entrant, ...]]:
    """Return a contest that was closed so long before a real round that this round decides it."""
    entrants = listed("summer", secrets.salt, weights)
    closed_s = begins_s(QUICKNET, round_) - LEAD_S
    return committed("acme", "summer", closed_s, entrants, secrets.seed, winners=winners, alternates=alternates), entrants


def proof(
    weights: Mapping[str, int], *, round_: int = 1000, winners: int = 2, alternates: int = 1, secrets: Secrets = SECRETS
) -> Proof:
    commitment, entrants = draw(weights, round_=round_, winners=winners, alternates=alternates, secrets=secrets)
    return proven(commitment, entrants, secrets.seed, SIGNATURES[round_])
