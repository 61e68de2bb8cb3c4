#!/bin/bash
# Is the server ready? Without a client program, to keep the image small.
exec 3<>/dev/tcp/127.0.0.1/9000
printf 'GET /minio/health/ready HTTP/1.0\r\n\r\n' >&3
read -r answer <&3
[[ $answer == *" 200 "* ]]
