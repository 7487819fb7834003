"""May a test mount a small disk of its own, which nobody else sees?"""

import shutil
import subprocess

UNSHARE = shutil.which("unshare")


def can_mount() -> bool:
    """Say whether `unshare` lets us."""
    words = [str(UNSHARE), "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return UNSHARE is not None and subprocess.run(words, check=False).returncode == 0
