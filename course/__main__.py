"""`python -m course lab`, `submit LAB`, `explorer`, `chapters`: what `make` runs, and works without it."""

import argparse
import sys


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit code, 2 for whatever a person can put right."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m course", description="How Language Models Came to Read")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="lab | submit | explorer | chapters"
    )
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
    explorer = commands.add_parser(
        "explorer", help="open the mask explorer and the other visualisers in the browser"
    )
    explorer.add_argument(
        "--port", type=int, default=0, help="where to serve them; without it, on a free port"
    )
    explorer.add_argument("--no-browser", action="store_true", help="say the address only")
    explorer.add_argument(
        "--build", metavar="FOLDER", help="write the pages into FOLDER, for a web server, instead"
    )
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
    if options.command == "explorer":
        from course.widgets import gallery

        if options.build is None:
            return gallery.serve(options.port, not options.no_browser)
        try:
            print(f"{gallery.build(options.build)} is the first page; all files beside it belong to it.")
        except OSError as error:
            print(f"The pages cannot be written into {options.build}: {error.strerror}.")
            return 2
        return 0
    from course import chapters

    print(chapters.readme_table(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
