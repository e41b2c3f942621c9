#!/bin/sh
# Print the first Python that is new enough. A name on PATH is not enough: a version switcher's shim may
# stand there and fail, so each is asked to run.
for name in python3.11 python3.12 python3.13 python3.14 python3 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "$name"
        exit 0
    fi
done
exit 0
