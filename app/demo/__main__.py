"""`python -m app.demo`: the simulated qBittorrent alone, with switches that benchmarks want."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from app.demo import version
from app.demo.process import serve


def main() -> None:
    """Serve until Ctrl+C, or until the parent goes away."""
    parser = argparse.ArgumentParser(prog="python -m app.demo", description=__doc__)
    parser.add_argument("--demo-peers", type=int, default=120)
    parser.add_argument("--demo-torrents", type=int, default=12)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--qbittorrent", default=version.DEFAULT, help="whose manners it has")
    parser.add_argument("--churn", type=float, default=0.1, help="share of honest peers at work")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            serve(
                options.demo_peers,
                options.demo_torrents,
                options.port,
                version=options.qbittorrent,
                churn=options.churn,
                seed=options.seed,
            )
        )


if __name__ == "__main__":
    main()
