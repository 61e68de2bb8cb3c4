#!/bin/bash
# The settings by standard input: a password among the arguments would show in `ps`.
set -euo pipefail
exec redis-server - <<SETTINGS
bind *
port 6379
dir /data
requirepass $REDIS_PASSWORD
save ""
appendonly yes
SETTINGS
