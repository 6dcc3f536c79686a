import signal

if __name__ == "__main__":  # worker processes import this module too
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until run_cli takes it: an interrupted import ends without traceback

from prep.cli import app
from prep.errors import run_cli

if __name__ == "__main__":
    run_cli(app, "prep")
