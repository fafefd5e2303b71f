"""The draw of a contest that anyone can check: what is published before it, how winners follow, the proof. Pure.

`committed` when a contest closes, `proven` when the named round of drand is there, `verified` for whoever doubts.
docs/draws.md tells the same in bytes, for a stranger who writes it again.
"""

from services.engagement.rules.draws.commitments import Commitment, committed, digest
from services.engagement.rules.draws.entrants import Entrant, code_of, listed, pseudonym
from services.engagement.rules.draws.proofs import Proof, encoded, proven
from services.engagement.rules.draws.secrets import Secrets, secrets_of
from services.engagement.rules.draws.verdicts import Verdict, verified

__all__ = [
    "Commitment",
    "Entrant",
    "Proof",
    "Secrets",
    "Verdict",
    "code_of",
    "committed",
    "digest",
    "encoded",
    "listed",
    "proven",
    "pseudonym",
    "secrets_of",
    "verified",
]
