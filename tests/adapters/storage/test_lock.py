"""One process at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.adapters.storage.lock import LOCK_FILE, AlreadyRunning, directory_lock
from app.services.errors import StorageError

_HOLD = """
import sys
from pathlib import Path
from app.adapters.storage.lock import directory_lock
with directory_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_of_one_process_is_refused_too(tmp_path: Path) -> None:
    with directory_lock(tmp_path), pytest.raises(AlreadyRunning), directory_lock(tmp_path):
        pass


def test_after_the_end_the_folder_is_free_again(tmp_path: Path) -> None:
    with directory_lock(tmp_path):
        pass
    with directory_lock(tmp_path):
        pass


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"

        with pytest.raises(AlreadyRunning) as refusal, directory_lock(tmp_path):
            pass

        assert refusal.value.text.params == {"path": str(tmp_path), "pid": str(other.pid)}
        other.kill()
        other.wait()
    with directory_lock(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == str(os.getpid())


def test_a_folder_that_takes_no_file_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError), directory_lock(tmp_path / "missing"):
        pass
