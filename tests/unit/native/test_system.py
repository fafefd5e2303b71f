from deploy.native import system
from deploy.native.system import Program


def present() -> bool:
    return True


def absent() -> bool:
    return False


def test_advice_is_one_line_with_the_command_that_helps() -> None:
    line = system.advice([Program("redis-server", absent, ("redis-server",)), Program("mvn", absent, ("maven",))])

    assert line == "missing: redis-server, mvn. Install with: sudo apt-get install redis-server maven"


def test_a_package_that_brings_two_programs_is_named_once() -> None:
    line = system.advice([Program("prometheus", absent, ("prometheus",)), Program("promtool", absent, ("prometheus",))])

    assert line.endswith("install prometheus")


def test_nothing_is_installed_where_nothing_is_missing() -> None:
    assert system.ensure([]) is None


def test_a_program_that_is_not_there_says_nothing() -> None:
    assert not system.says(["veche-has-no-such-program", "--version"])


def test_every_program_names_a_package() -> None:
    assert all(program.packages for program in system.PROGRAMS.values())


def test_a_package_that_apt_does_not_know_is_passed_over() -> None:
    chosen = system.package_of(Program("java", absent, ("no-such-package-of-veche", "no-such-either")))

    assert chosen == "no-such-package-of-veche"
