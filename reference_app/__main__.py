"""Run the application on this machine: `python -m reference_app`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from reference_app.pipelines.choice import (
    EMBEDDED,
    MAX_BATCH_VARIABLE,
    MOST_IN_BATCH,
    PIPELINE_VARIABLE,
    STEP_SECONDS_VARIABLE,
    UnknownPipelineError,
    check_choice,
)

_SETUP_FAILED = 3


def _checked_pipeline(_context: click.Context, _parameter: click.Parameter, choice: str) -> str:
    try:
        return check_choice(choice)
    except UnknownPipelineError as error:
        raise click.BadParameter(str(error)) from error


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--pipeline",
    default=EMBEDDED,
    envvar=PIPELINE_VARIABLE,
    show_default=True,
    callback=_checked_pipeline,
    help="embedded, simulated, sdxl, a model folder, or a hub name.",
)
@click.option(
    "--step-seconds",
    type=click.FloatRange(0, 3600),
    default=0.1,
    envvar=STEP_SECONDS_VARIABLE,
    show_default=True,
    help="Duration of a step of the simulated pipeline, in seconds.",
)
@click.option(
    "--max-batch",
    type=click.IntRange(1, MOST_IN_BATCH),
    envvar=MAX_BATCH_VARIABLE,
    help="Pictures that may share a denoising step; 1 is one at a time. Default: what suits the pipeline.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    help="Also show metrics for Prometheus on 127.0.0.1 and this port (fal uses 9090); 0 takes a free one.",
)
def main(
    host: str, port: int, pipeline: str, step_seconds: float, max_batch: int | None, metrics_port: int | None
) -> None:
    """Serve the reference /stream endpoint on this machine."""
    # A fal.App takes no constructor arguments: the environment is how it is configured, here as on fal.
    os.environ[PIPELINE_VARIABLE] = pipeline
    os.environ[STEP_SECONDS_VARIABLE] = str(step_seconds)
    if max_batch is not None:
        os.environ[MAX_BATCH_VARIABLE] = str(max_batch)
    # Imported late, so that --help and a wrong option answer at once.
    try:
        from reference_app.app import StreamSDXL
        from reference_app.local_server import METRICS_HOST, LocalServer, listen, serve_metrics
    except ModuleNotFoundError as error:
        text = f"{error.name} is not installed: pip install 'fal-stream-conformance[app]'"
        raise click.UsageError(text) from error

    if metrics_port is not None:
        with _told_where(METRICS_HOST, metrics_port):
            click.echo(f"Metrics: GET {serve_metrics(metrics_port)}")
    with _told_where(host, port):
        listener = listen(host, port)
    click.echo(f"Loading the {pipeline} pipeline ...")
    server = LocalServer(StreamSDXL, listener=listener, on_started=_announce)
    try:
        server.serve_until_stopped()
    except KeyboardInterrupt:
        return
    if not server.started:
        raise SystemExit(_SETUP_FAILED)


@contextmanager
def _told_where(host: str, port: int) -> Iterator[None]:
    """Turn a port that cannot be had into bad usage."""
    try:
        yield
    except OSError as error:
        raise click.UsageError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error


def _announce(url: str) -> None:
    click.echo(f"Playground: GET {url}/playground/")
    click.echo(f"Ready: POST {url}/stream   (stop with Ctrl-C)")


if __name__ == "__main__":
    main()
