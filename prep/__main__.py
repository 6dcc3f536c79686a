from prep.cli import app
from prep.errors import run_cli

if __name__ == "__main__":  # worker processes import this module too
    run_cli(app, "prep")
