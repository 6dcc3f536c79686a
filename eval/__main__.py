from eval.cli import app
from prep.errors import run_cli

if __name__ == "__main__":
    run_cli(app, "eval")
