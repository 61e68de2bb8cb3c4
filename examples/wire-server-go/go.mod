module example.com/wire-server

go 1.22
