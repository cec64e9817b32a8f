"""The command `nexus`."""

import sys


def main() -> None:
    """As `nexus.cli`; what patches the standard library must come before all else."""
    if sys.argv[1:2] == ["serve"]:
        import nexus.runtimes.nameko  # noqa: F401
    from nexus.cli import cli

    cli()


if __name__ == "__main__":
    main()
