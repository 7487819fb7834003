#!/bin/sh
# Install the package with the extras named into a virtual environment, which is made if need be:
#     tools/venv.sh .venv tensorflow,dev
# PYTHON names the interpreter to make it with; otherwise the first that is new enough.
# Takes its versions from constraints.txt. Says what is missing and what to do, and fails.
set -eu

venv=$1
extras=$2

fail() {
    printf 'error: %s\n' "$1" >&2
    shift
    for line; do printf '  %s\n' "$line" >&2; done
    exit 1
}

version_of() { # of the interpreter $1; fails if it does not run, as a version manager's stand-in
    "$1" -c 'import sys; print(".".join(map(str, sys.version_info[:3])))' 2>/dev/null
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        found=$(version_of "$PYTHON") || fail "PYTHON=$PYTHON does not run" \
            "what to do: name a Python 3.11 or newer, for example PYTHON=python3.12"
        is_new_enough "$PYTHON" || fail "PYTHON=$PYTHON is too old" \
            "expected: Python 3.11 or newer" "found: Python $found" \
            "what to do: name a newer one, for example PYTHON=python3.12"
        echo "$PYTHON"
        return
    fi
    seen=""
    for python in python3.12 python3.11 python3.13 python3 python; do
        found=$(version_of "$python") || continue
        if is_new_enough "$python"; then
            echo "$python"
            return
        fi
        seen="$seen $python is $found;"
    done
    fail "there is no Python 3.11 or newer" "found:${seen:- no Python}" \
        "what to do: install one (Debian, Ubuntu: apt install python3 python3-venv; elsewhere:" \
        "python.org, conda or Homebrew), or name the one you have: make PYTHON=/path/to/python3.12"
}

check_can_make_venvs() {
    for module in venv ensurepip; do
        "$1" -c "import $module" 2>/dev/null || fail "$1 cannot make virtual environments" \
            "expected: its modules venv and ensurepip" "found: no $module" \
            "what to do: install it (Debian, Ubuntu: apt install python3-venv, or" \
            "python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv for this one)," \
            "or name another Python: make PYTHON=/path/to/python3.12"
    done
}

is_whole() { # a killed run may have left half of it, an update of the system another Python
    is_new_enough "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1
}

if ! is_whole; then
    python=$(find_python)
    check_can_make_venvs "$python"
    echo "making $venv with $python ($(version_of "$python"))"
    "$python" -m venv --clear "$venv" || fail "$python -m venv failed" "see its message above"
fi

echo "installing distnet-store[$extras] into $venv; the first time this takes minutes and 2.5 GB of disk"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --constraint constraints.txt --editable ".[$extras]" ||
    fail "the packages could not be installed; pip's message is above" \
        "It names what is missing: a connection, space on the disk, or a wheel for this Python" \
        "($(version_of "$venv/bin/python")). TensorFlow supports only some versions of Python; where it has" \
        "none for yours, do: make clean, then again with PYTHON=python3.12"
