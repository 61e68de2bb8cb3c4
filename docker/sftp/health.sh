#!/bin/bash
# Does the server greet?
exec 3<>/dev/tcp/127.0.0.1/2222
read -r greeting <&3
[[ $greeting == SSH-2.0-* ]]
