"""A reference names a credential of its own brand, in a small regular file or a variable, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.documents.directory import SecretRef
from shared.errors import Retryable, Unprocessable
from shared.secrets import FILE_BYTES_MAX, Credentials

BRANDS = {"acme", "acme-eu", "other", "veche"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for brand in BRANDS:
        (tmp_path / brand).mkdir()
        (tmp_path / brand / "token").write_text(f"of {brand}\n")
    return tmp_path


def read(folder: Path | None, brand: str = "acme", *, env: str | None = None, file: str | None = None) -> str:
    return Credentials(folder).resolve(SecretRef(env=env, file=file), brand, BRANDS)


def test_a_credential_is_read_without_the_end_of_its_line(folder: Path) -> None:
    assert read(folder, file="token") == "of acme"


def test_a_variable_of_the_brand_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_EU_BOT_TOKEN", "open-sesame")

    assert read(None, "acme-eu", env="ACME_EU_BOT_TOKEN") == "open-sesame"


@pytest.mark.parametrize(
    ("brand", "name"),
    [("other", "ACME_BOT_TOKEN"), ("acme", "ACME_EU_BOT_TOKEN"), ("acme", "HOME"), ("veche", "VECHE_TOKEN")],
)
def test_a_variable_of_anybody_else_is_refused(monkeypatch: pytest.MonkeyPatch, brand: str, name: str) -> None:
    monkeypatch.setenv(name, "open-sesame")

    with pytest.raises(Unprocessable, match="begin with") as told:
        read(None, brand, env=name)

    assert "open-sesame" not in str(told.value)


@pytest.mark.parametrize("name", ["/etc/passwd", "../other/token", "a/../../other/token", "..", "", ".", "a\0b"])
def test_a_file_elsewhere_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(Unprocessable, match="inside the folder acme"):
        read(folder, file=name)


def test_a_link_is_followed_inside_of_the_brand_s_folder_and_no_farther(folder: Path) -> None:
    (folder / "acme" / "near").symlink_to("token")
    (folder / "acme" / "far").symlink_to(folder / "other" / "token")
    (folder / "acme" / "away").symlink_to(folder / "other")

    assert read(folder, file="near") == "of acme"
    for name in ("far", "away/token"):
        with pytest.raises(Unprocessable, match="is a link out of the folder acme"):
            read(folder, file=name)


def test_without_a_secrets_directory_a_person_is_told_how_to_have_one() -> None:
    with pytest.raises(Unprocessable, match="VECHE_SECRETS"):
        read(None, file="token")


@pytest.mark.parametrize("both", [{}, {"env": "ACME_TOKEN", "file": "token"}])
def test_a_reference_names_one_place(folder: Path, both: dict[str, str]) -> None:
    with pytest.raises(Unprocessable, match="either env or file"):
        read(folder, env=both.get("env"), file=both.get("file"))


@pytest.mark.parametrize(
    ("name", "said"),
    [("large", "above"), ("pipe", "not a regular"), ("box", "not a regular"), ("absent", "No such file"), ("odd", "UTF-8"),
     ("empty", "holds no credential")],
)  # fmt: skip
def test_what_is_no_small_regular_file_of_text_is_refused_with_a_sentence(folder: Path, name: str, said: str) -> None:
    own = folder / "acme"
    (own / "large").write_bytes(b"x" * (FILE_BYTES_MAX + 1))
    (own / "odd").write_bytes(b"\xff")
    (own / "empty").touch()
    (own / "box").mkdir()
    os.mkfifo(own / "pipe")

    with pytest.raises(Retryable, match=said):
        read(folder, file=name)


def test_whoever_sets_a_credential_is_told_which_services_read_it_and_when(folder: Path) -> None:
    (folder / "acme" / "empty").write_text("")
    both, one = Credentials(folder), Credentials(folder, readers=("delivery",))

    with pytest.raises(Retryable, match="set it where the ingest and delivery services run, and restart them"):
        both.resolve(SecretRef(env="ACME_NOT_THERE"), "acme", BRANDS)
    with pytest.raises(Retryable, match="set it where the delivery service runs, and restart it"):
        one.resolve(SecretRef(env="ACME_NOT_THERE"), "acme", BRANDS)
    with pytest.raises(Retryable, match="let the delivery service read it"):
        one.resolve(SecretRef(file="nowhere"), "acme", BRANDS)
    with pytest.raises(Retryable, match="write it there"):
        one.resolve(SecretRef(file="empty"), "acme", BRANDS)
