"""Where log lines go."""

import logging
from pathlib import Path

import pytest

from app.domain.errors import AppError
from app.logs import logging_to
from app.services.log_ring import LogLine


def test_a_line_reaches_standard_error_the_file_and_the_ring(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard: list[LogLine] = []
    with logging_to(tmp_path, "info") as ring:
        end = ring.listen(heard.append)
        logging.getLogger("app.test").info("banned %d peers", 12)
        logging.getLogger("app.test").debug("too quiet")
        end()
        logging.getLogger("app.test").warning("later")
    logging.getLogger("app.test").warning("after the end")
    lines = ring.lines()
    assert [(line.number, line.text, line.level) for line in lines] == [
        (1, "banned 12 peers", logging.INFO),
        (2, "later", logging.WARNING),
    ]
    assert heard == lines[:1]
    assert ring.lines(after=1) == lines[1:]
    written = (tmp_path / "logs" / "peerwarden.log").read_text("utf-8")
    assert "banned 12 peers" in written
    assert "after the end" not in written
    assert "banned 12 peers" in capsys.readouterr().err


def test_a_folder_that_cannot_take_logs_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    with pytest.raises(AppError) as caught, logging_to(tmp_path, "info"):
        pass
    assert caught.value.text.id == "data-dir-unusable"
