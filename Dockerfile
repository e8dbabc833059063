# The light install: checks an endpoint, computes no pictures.
#
#   docker build -t fal-stream-check .
#   docker run --rm -e FAL_KEY fal-stream-check check owner/app
#   docker run --rm --user "$(id -u)" -v "$PWD:/work" fal-stream-check check owner/app --save stream-check
FROM python:3.13.15-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
COPY . /source
RUN python -m venv /opt/fal-stream-check \
    && /opt/fal-stream-check/bin/python -m pip install --no-cache-dir --disable-pip-version-check /source

FROM python:3.13.15-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
LABEL org.opencontainers.image.title="fal-stream-check" \
      org.opencontainers.image.description="Tells whether a fal /stream endpoint is right" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --create-home checker \
    && mkdir /work \
    && chown checker /work
COPY --from=build /opt/fal-stream-check /opt/fal-stream-check
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /work
# A first process hears SIGTERM only where it listens; Ctrl-C ends a check in order, with the reports of what was seen.
STOPSIGNAL SIGINT
# No shell in between: the exit code and Ctrl-C are the command's own.
ENTRYPOINT ["/opt/fal-stream-check/bin/fal-stream-check"]
CMD ["--help"]
