"""No secret reaches a log, an error, an answer of the API, or the command line of a child process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil

from app.adapters.config_files import ConfigFiles
from app.demo.server import running
from app.demo.swarm import Swarm
from app.settings.downloader import DownloaderSettings
from app.settings.secret import Secret
from tests.integration.program import TOKEN, Program

PASSWORD = "hunter2-of-the-downloader"
KEY = "key-hunter3-of-another"


async def test_passwords_keys_and_tokens_stay_where_they_are(tmp_path: Path) -> None:
    async with running(Swarm(peers=5, torrents=1)) as server:
        program = Program(tmp_path / "home", arguments=["--log-level", "debug"])
        wrong = {"endpoint": server.url, "username": "admin"}
        program.watch(
            DownloaderSettings(id="wrong", password=Secret(PASSWORD), **wrong),  # type: ignore[arg-type]
            DownloaderSettings(id="key", api_key=Secret(KEY), **wrong),  # type: ignore[arg-type]
        )
        with program:
            stored = ConfigFiles(program.folder).load()[0].server.token.reveal()
            for id in ("wrong", "key"):  # noqa: A001 - the word of the API

                def refused(id: str = id) -> bool:  # noqa: A002 - as above
                    state = program.get(f"/api/downloaders/{id}/status")
                    return bool(state["lastStatus"] == "NEED_TAKE_ACTION")

                # The demo runs on this test's loop, which waiting must not hold.
                await asyncio.to_thread(program.wait, refused)
            answers = "".join(
                program.api.get(path).text
                for path in (
                    "/api/downloaders",
                    "/api/downloaders/wrong/status",
                    "/api/downloaders/key/status",
                    "/api/general/status",
                    "/api/metadata/manifest",
                    "/api/nonsense",
                )
            )
            process = psutil.Process(program.pid)
            lines = [
                " ".join(one.cmdline()) for one in (process, *process.children(recursive=True))
            ]
        logged = (program.folder / "stderr").read_text("utf-8")
        logged += (program.folder / "logs" / "peerwarden.log").read_text("utf-8")
        database = b"".join(path.read_bytes() for path in program.folder.glob("peerwarden.db*"))
        for secret in (PASSWORD, KEY, TOKEN, stored):
            for text in (answers, logged, *lines):
                assert secret not in text
            assert secret.encode() not in database
        assert server.calls["auth/login"] == 1
