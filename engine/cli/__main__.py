"""`python -m engine.cli`: the commands of the engine without the web server's."""

from engine.cli.app import yishen

if __name__ == "__main__":
    yishen(prog_name="yishen")
