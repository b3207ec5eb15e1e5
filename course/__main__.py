"""`python -m course lab`, `python -m course submit LAB`, `python -m course chapters`: what `make` runs, and works without it."""

import argparse
import sys


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit code, 2 for whatever a person can put right."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m course", description="How Language Models Came to Read")
    commands = parser.add_subparsers(dest="command", required=True, metavar="lab | submit | chapters")
    commands.add_parser(
        "lab",
        help="copy the labs into work/ and open lesson 00 in JupyterLab",
        usage="python -m course lab [arguments of `jupyter lab`]",
    )
    submit = commands.add_parser("submit", help="run a lab's visible checks and write the file to hand in")
    submit.add_argument(
        "lab", nargs="?", default="", metavar="LAB", help="the lab's name, such as lab01_cbow"
    )
    submit.add_argument("--notebook", metavar="PATH", help="your notebook, when it is not work/LAB/LAB.ipynb")
    commands.add_parser("chapters", help="print the table of chapters, as in the README")

    if arguments[:1] == ["lab"] and arguments[1:2] not in (["-h"], ["--help"]):
        from course import start

        return start.main(
            arguments[1:]
        )  # JupyterLab understands its own arguments, and argparse must not try
    options = parser.parse_args(arguments)
    if options.command == "submit":
        from course import submit

        return submit.main(options.lab, options.notebook)
    from course import chapters

    print(chapters.readme_table(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
