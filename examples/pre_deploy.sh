#!/usr/bin/env bash
# Deploy to a staging name, check its stream, and promote only what held.
#
#   examples/pre_deploy.sh [--dry-run] APP_REF APP_NAME [OPTION OF fal-stream-check check]...
#   FAL_USER=me examples/pre_deploy.sh my_app.py::StreamSDXL my-app --payload @payload.json --warm-up --repeat 3
#
# APP_REF           what `fal deploy` takes: path/to/my_app.py::MyApp
# APP_NAME          the name that users call; APP_NAME-staging is deployed and checked first
# FAL_USER          owner of the app; not needed with STAGING_ENDPOINT
# FAL_KEY           for `fal deploy`, and for the check, which sends it to fal's own hosts only
# STAGING_ENDPOINT  where the staging app answers, by default $FAL_USER/APP_NAME-staging
# EVIDENCE          folder for transcripts and reports, by default stream-check
#
# --dry-run prints what would be deployed and what the check would cost, and sends nothing.
# Exit codes: those of fal-stream-check (0 promoted; 1 a MUST fell short; 2 wrong usage; 3 nothing judged), or 4 where
# fal itself refused. Nothing but 0 promotes; the live app stays as it was.
set -euo pipefail

readonly WRONG_USAGE=2 NOTHING_JUDGED=3 REFUSED_BY_FAL=4

dry_run=false
if [[ ${1-} == --dry-run ]]; then
  dry_run=true
  shift
fi
if (($# < 2)) || [[ $1 == -* || $2 == -* ]]; then
  sed -n '4s/^# *//p' "$0" >&2
  exit "$WRONG_USAGE"
fi
readonly dry_run app_ref=$1 app_name=$2
shift 2
readonly staging_name=$app_name-staging evidence=${EVIDENCE:-stream-check}
if [[ -z ${STAGING_ENDPOINT:-} && -z ${FAL_USER:-} ]]; then
  echo "neither FAL_USER nor STAGING_ENDPOINT is set: where does $staging_name answer?" >&2
  exit "$WRONG_USAGE"
fi
readonly endpoint=${STAGING_ENDPOINT:-${FAL_USER:-}/$staging_name}

# --attach waits for the rollout; without it, the check would be answered by the revision before.
deploy() {
  local command=(fal deploy "$app_ref" --app-name "$@" --attach)
  printf '+'
  printf ' %q' "${command[@]}"
  printf '\n'
  "$dry_run" || "${command[@]}" || exit "$REFUSED_BY_FAL"
}

deploy "$staging_name" --auth private
if "$dry_run"; then
  fal-stream-check check --dry-run "$@" -- "$endpoint"
  deploy "$app_name" --message "checked as $staging_name"
  exit
fi

# A new file: neither a report of an earlier run nor `--help` among the options is a verdict.
report=$(mktemp)
readonly report
trap 'rm -f -- "$report"' EXIT
reports=(--report "json=$report" --report "markdown=$evidence/report.md")
code=0
fal-stream-check check --save "$evidence" "${reports[@]}" "$@" -- "$endpoint" || code=$?
if [[ -s $report ]]; then
  cat -- "$report" >"$evidence/report.json"
elif ((code == 0)); then
  code=$NOTHING_JUDGED
fi
if ((code != 0)); then
  echo "$app_name is not promoted: the check of $staging_name ended with $code" >&2
  exit "$code"
fi
deploy "$app_name" --message "checked as $staging_name"
echo "$app_name is promoted; the evidence is in $evidence"
