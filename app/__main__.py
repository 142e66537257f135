"""`python -m app`, and what the bundle starts."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
