"""What conftest promises for every test is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py").read_text("utf-8")
SETTINGS = """
[pytest]
asyncio_default_fixture_loop_scope = function
filterwarnings = error
markers = logs_errors: the test provokes lines of level error in the log
qt_api = pyside6
qt_log_level_fail = WARNING
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with our conftest and settings."""
    pytester.makeini(SETTINGS)
    pytester.makeconftest(CONFTEST)
    return pytester


def test_an_error_in_the_log_fails_a_test_that_did_not_announce_it(run: pytest.Pytester) -> None:
    run.makepyfile("""
        import logging, pytest

        def test_silent():
            logging.getLogger("x").warning("will be tried again")

        def test_unexpected():
            logging.getLogger("x").error("a bug in %s", "x")

        @pytest.mark.logs_errors
        def test_announced():
            logging.getLogger("x").error("as announced")

        @pytest.mark.logs_errors
        def test_announced_in_vain():
            pass
    """)

    result = run.runpytest_subprocess()

    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*x: a bug in x",
            "*marked logs_errors, but nothing was logged",
            "ERROR *::test_unexpected*",
            "ERROR *::test_announced_in_vain*",
        ]
    )


def test_qt_complaints_and_lost_exceptions_fail_a_test(run: pytest.Pytester) -> None:
    run.makepyfile("""
        from PySide6.QtCore import QTimer, qWarning

        def test_complaint():
            qWarning("QObject: something is wrong")

        def test_slot(qtbot):
            def fail():
                raise ValueError("lost in a slot")
            QTimer.singleShot(0, fail)
            qtbot.wait(1)
    """)

    result = run.runpytest_subprocess()

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*something is wrong*", "*lost in a slot*"])


def test_a_test_reaches_this_machine_and_not_the_internet(run: pytest.Pytester) -> None:
    run.makepyfile("""
        import socket, pytest

        def test_near():
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname()[:2]).close()

        @pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe"])
        def test_far(address):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            # Connecting a datagram socket would send nothing either.
            with socket.socket(family, socket.SOCK_DGRAM) as made:
                with pytest.raises(RuntimeError, match="a test connects to"):
                    made.connect((address, 53))
    """)

    run.runpytest_subprocess().assert_outcomes(passed=3)


def test_the_long_runs_look_for_new_examples(run: pytest.Pytester) -> None:
    run.makepyfile("""
        from hypothesis import settings

        def test_profile():
            print(f"derandomize={settings.default.derandomize}")
    """)

    short = run.runpytest_subprocess("-s")
    long = run.runpytest_subprocess("-s", "--hypothesis-profile=soak")

    short.stdout.fnmatch_lines(["*derandomize=True*"])
    long.stdout.fnmatch_lines(["*derandomize=False*"])
