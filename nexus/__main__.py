"""The command `nexus`."""

import sys


def main() -> None:
    """As `nexus.cli`; what patches the standard library must come before all else."""
    try:
        if sys.argv[1:2] == ["serve"]:
            import nexus.runtimes.nameko  # noqa: F401
        from nexus.cli import cli

        cli()
    except ModuleNotFoundError as error:
        words = (
            f"nexus: this installation lacks {error.name}. Each process has requirements of its own: install\n"
            "requirements/NAME.txt for it (content, search, gateway, operator), or dev.txt for all of them."
        )
        print(words, file=sys.stderr)  # noqa: T201 - before there is anything else to print with
        sys.exit(2)


if __name__ == "__main__":
    main()
