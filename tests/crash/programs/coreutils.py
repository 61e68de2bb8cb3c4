"""What a shell script does: cp, sync of the file, mv, sync of the folder."""

import subprocess
import sys

from harness import read_file, run


def write(folder, key, _):
    script = 'cp "$3" "$1/$2.new" && sync "$1/$2.new" && mv "$1/$2.new" "$1/$2" && sync "$1"'
    sys.exit(subprocess.run(["sh", "-c", script, "sh", folder, key, sys.argv[4]], check=False).returncode)


run(write, read_file)
