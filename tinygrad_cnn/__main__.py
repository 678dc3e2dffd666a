"""`python -m tinygrad_cnn` is the command line `tinygrad-cnn`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
