#!/bin/bash
# Does the server list its folder?
exec 3<>/dev/tcp/127.0.0.1/8080
printf 'GET / HTTP/1.0\r\n\r\n' >&3
read -r answer <&3
[[ $answer == *" 200 "* ]]
