"""`python -m gradus` is the command `gradus`."""

import sys

from gradus.cli import main

if __name__ == "__main__":
    sys.exit(main())
