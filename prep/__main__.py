import signal

if __name__ == "__main__":  # worker processes import this module too
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until run_cli takes it: an interrupted import ends without traceback

from prep.cli import app  # noqa: E402
from prep.errors import run_cli  # noqa: E402

if __name__ == "__main__":
    run_cli(app, "prep")
