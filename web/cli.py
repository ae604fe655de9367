"""The `onrecord` command: gathers the packages' commands; each imports what it needs when it runs."""

import logging
import os
import signal
from contextlib import closing
from pathlib import Path

import click

from index.commands import index
from index.errors import OnrecordError
from qa.commands import ask
from qa.evaluate_commands import evaluate
from qa.options import at_most_wrong_option, open_live, reranker_option


class _Group(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        """Turn every error raised on purpose into one clear line."""
        try:
            return super().invoke(ctx)
        except OnrecordError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="onrecord")
def main() -> None:
    """Answers questions from a folder of documents with the exact words, who said them and when."""
    # Nothing at run time comes from the network unless a hub model is asked for by name and revision.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@main.command()
@click.option("--index", "folder", type=click.Path(path_type=Path), default=Path("onrecord-index"), show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True)
@at_most_wrong_option
@reranker_option
def serve(folder: Path, host: str, port: int, threads: int, at_most_wrong: float | None, reranker: str | None) -> None:
    """Answer questions over HTTP and on a web page, from the newest build: a new one is taken up while it runs."""
    import waitress

    from web.app import Settings, create_app

    with closing(open_live(folder, reranker, at_most_wrong)) as live:
        settings = Settings()
        try:
            server = waitress.create_server(
                create_app(live, settings),
                host=host,
                port=port,
                threads=threads,
                ident="onrecord",
                # waitress reads a body before the application can refuse it; the application's own refusal is in JSON.
                max_request_body_size=2 * settings.max_body,
            )
        except (OSError, ValueError) as error:
            raise click.ClickException(f"cannot listen on {host}:{port}: {error}") from error
        # A supervisor's SIGTERM ends the server as Ctrl-C does: requests under way are answered first.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with live.lease() as answerer:
            click.echo(f"{answerer.documents:,} documents, {answerer.paragraphs:,} paragraphs on record", err=True)
        for address, bound in getattr(server, "effective_listen", [(host, getattr(server, "effective_port", port))]):
            click.echo(f"http://{f'[{address}]' if ':' in address else address}:{bound}", err=True)
        _log_to_stderr()
        live.watch()
        try:
            server.run()
        finally:
            server.close()


def _log_to_stderr() -> None:
    """What goes wrong, and which index answers."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("qa.live").setLevel(logging.INFO)


main.add_command(index)
main.add_command(ask)
main.add_command(evaluate)

if __name__ == "__main__":
    main()
