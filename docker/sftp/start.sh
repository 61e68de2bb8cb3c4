#!/bin/bash
# A host key for each container, kept when it is started again; the one user's password and key from the environment.
set -euo pipefail
host_key=/etc/ssh/ssh_host_ed25519_key
[ -e "$host_key" ] || ssh-keygen -q -t ed25519 -N '' -C '' -f "$host_key"
[ -z "${STORE_PASSWORD:-}" ] || chpasswd <<<"store:$STORE_PASSWORD"
echo "${STORE_KEY:-}" >/etc/ssh/authorized_keys
unset STORE_PASSWORD STORE_KEY
exec /usr/sbin/sshd -D -e
