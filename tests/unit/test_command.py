from services.__main__ import is_installed


def test_what_is_installed_is_mounted() -> None:
    assert is_installed("deploy.native.cli")


def test_what_an_image_lacks_is_left_out() -> None:
    assert not is_installed("services.no_such_service.cli")
    assert not is_installed("services.ingest.no_such_module")
